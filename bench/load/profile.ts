import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

/** What `node --cpu-prof` writes (chromedevtools.github.io/devtools-protocol/v8/Profiler/#type-Profile). */
const profileSchema = v.object({
  nodes: v.array(
    v.object({
      id: v.number(),
      callFrame: v.object({ functionName: v.string(), url: v.string(), lineNumber: v.number() }),
    }),
  ),
  samples: v.array(v.number()),
  timeDeltas: v.array(v.number()),
});

export interface Busy {
  readonly name: string;
  /** Of the time in which the process was not idle, 0 to 1. */
  readonly part: number;
}

/** @returns The functions in which the process was most of its time, from the profile in a folder. */
export function busiest(folder: string, count = 15): Busy[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile')) ?? '';
  const text = readFileSync(path.join(folder, file), 'utf8');
  const { nodes, samples, timeDeltas } = v.parse(profileSchema, JSON.parse(text));
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  }
  times.delete('(idle)');
  const whole = [...times.values()].reduce((sum, time) => sum + time, 0);
  const sorted = [...times].sort(([, a], [, b]) => b - a).slice(0, count);
  return sorted.map(([name, time]) => ({ name, part: time / whole }));
}

type CallFrame = v.InferOutput<typeof profileSchema>['nodes'][number]['callFrame'];

function nameOf({ functionName, url, lineNumber }: CallFrame): string {
  const place = url.replace(/^.*\/(?:node_modules|packages)\//, '');
  const name = functionName === '' ? 'anonymous' : functionName;
  return place === '' ? name : `${name} (${place}:${lineNumber + 1})`;
}
