import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import * as v from 'valibot';
import { counterNames, type Counter, type Measured } from './measures';

const number = v.number();
const numbers = v.pipe(v.array(number), v.readonly());
const counters = v.object(
  Object.fromEntries(counterNames.map((name) => [name, number])) as Record<Counter, typeof number>,
);
const gauges = v.object({ instances: number, liveTokens: number, storedTokens: number });
const measured = v.object({
  seconds: number,
  totals: counters,
  peaks: counters,
  waiting: v.object({ p50: number, p99: number, worst: number }),
  most: gauges,
  last: gauges,
  runSeconds: number,
  series: v.object({
    binSeconds: number,
    orders: numbers,
    gettoken: numbers,
    failed: numbers,
    turnedAway: numbers,
    instances: numbers,
    liveTokens: numbers,
  }),
}) satisfies v.GenericSchema<unknown, Measured>;

/** All storms, for so many phones. */
const run = v.object({
  phones: number,
  seed: number,
  /** When it ran. */
  date: v.string(),
  storms: v.array(v.object({ name: v.string(), measured })),
});
export type Run = v.InferOutput<typeof run>;

/** A day, or as long as a token lives, when tokens live so long. */
const life = v.object({ seconds: number, phones: number, measured });
export type Life = v.InferOutput<typeof life>;

/** What a number of the model, multiplied, does when everybody comes at 8:00. */
const effect = v.object({
  number: v.string(),
  factor: number,
  /** Part of the calls of pages that fail, when a few more come than the platform lets in. */
  failed: number,
  /** ms, when fewer come. */
  p50: number,
  p99: number,
});
export type Effect = v.InferOutput<typeof effect>;

const results = v.object({
  /** Small: whoever has a clone can make it again within seconds, and a test does. */
  check: run,
  large: run,
  lives: v.array(life),
  sensitivity: v.array(effect),
});
/** What the documents show. */
export type Results = v.InferOutput<typeof results>;

const file = path.resolve(__dirname, '../../docs/scale/results.json');

export function readResults(): Results {
  return v.parse(results, JSON.parse(readFileSync(file, 'utf8')));
}

export async function writeResults(made: Results): Promise<void> {
  const config = await resolveConfig(file);
  writeFileSync(file, await format(JSON.stringify(made), { ...config, parser: 'json' }));
}

/** What a storm of a run came to. */
export function measuredOf({ storms: all }: Run, name: string): Measured {
  const found = all.find((storm) => storm.name === name);
  if (found === undefined) throw new Error(`The results have no storm called ${name}.`);
  return found.measured;
}
