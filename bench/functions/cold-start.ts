import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = path.resolve(__dirname, '../..');
const instance = path.join(__dirname, 'instance.mjs');

/** The same function that requires the SDK from node_modules, as a project without a bundler has it. */
export async function buildStock(name: string): Promise<string> {
  const outfile = path.join(root, `.cache/bench/${name}.stock.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [`cloudfunctions/${name}/src/index.ts`],
    outfile,
    bundle: true,
    external: ['wx-server-sdk'],
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  return outfile;
}

export interface ColdStart {
  /** Medians in ms from the start of the process to its end after the first answer. */
  empty: number;
  stock: number;
  built: number;
  /**
   * Median of (built − empty) / (stock − empty) of each round. The three of a round run within half a
   * second, so that other work on the machine, which comes and goes, weighs on them alike.
   */
  ratio: number;
}

/** One call of a function: the event, and the environment of the process it is made in. */
export interface FirstCall {
  event: object;
  env: Readonly<Record<string, string>>;
}

/**
 * Starts an empty Node, the stock and the built function in turn, each so many times.
 *
 * @param nextCall - gives each round its call; both functions of a round are called the same way.
 */
export async function measureColdStart(
  files: { stock: string; built: string },
  nextCall: () => Promise<FirstCall>,
  times: number,
): Promise<ColdStart> {
  const rounds: ColdStart[] = [];
  for (let round = 0; round < times; round += 1) {
    const { event, env } = await nextCall();
    const call = [JSON.stringify(event), '1'];
    const empty = await time([], env);
    const stock = await time([files.stock, ...call], env);
    const built = await time([files.built, ...call], env);
    rounds.push({ empty, stock, built, ratio: (built - empty) / (stock - empty) });
  }
  return {
    empty: median(rounds.map(({ empty }) => empty)),
    stock: median(rounds.map(({ stock }) => stock)),
    built: median(rounds.map(({ built }) => built)),
    ratio: median(rounds.map(({ ratio }) => ratio)),
  };
}

async function time(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const started = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [instance, ...args], { env });
  const ms = performance.now() - started;
  if (args.length > 0 && !stdout.includes('"codes":[1]')) {
    throw new Error(`The function did not answer code 1: ${stdout}`);
  }
  return ms;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
