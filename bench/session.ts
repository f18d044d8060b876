import { runCommand, ToolError } from 'cloudbase-local/command';
import { clients } from './session/clients';
import { measureLeak, measureOverhead } from './session/cost';
import { describe, measure, situations } from './session/situations';
import { measureBundle, sizeLimit, type Size } from '../test/session/size';
import { measureShipped } from './session/size';

const usage = `Usage: npx tsx bench/session.ts [--seed N]

Counts what the session and five other ways to keep a token send (business calls + gettoken), over
the same cloud with the same latencies. Prints what the session weighs and what a call costs.

  --seed N    another series of latencies
  -h, --help  print this
`;

const MANY = 1_000_000;

async function compareClients(seed: number): Promise<void> {
  if (!Number.isSafeInteger(seed)) {
    throw new ToolError('USAGE', '--seed: expected a whole number');
  }
  print(['calls sent: business + gettoken', ...Object.keys(clients)]);
  for (const situation of situations) {
    const calls = situation.calls === 1 ? '1 call' : `${situation.calls} calls`;
    const outcomes = await Promise.all(
      Object.values(clients).map((client) => measure(client, situation, seed)),
    );
    print([`${situation.name}, ${calls}`, ...outcomes.map(describe)]);
  }
}

async function weigh(): Promise<void> {
  const whole = await measureBundle('index');
  const { isExact, ...shipped } = await measureShipped();
  const by = isExact ? "WeChat's compiler" : 'swc, near to it';
  printSize('without its binding, ES2020', await measureBundle('session'));
  printSize(`with its binding to wx.cloud (at most ${sizeLimit})`, whole);
  printSize('with both transports and the reader of orders', await measureBundle('index', true));
  printSize(`as DevTools ships it, ES5 (${by})`, shipped);
  if (whole.gzipped > sizeLimit) process.exitCode = 1;
}

async function time(): Promise<void> {
  print(['a call, beyond its transport', `${(await measureOverhead()).toFixed(1)} µs`]);
  const leak = await measureLeak(MANY);
  print([`heap kept by ${MANY} calls`, `${leak.toFixed(2)} bytes each`]);
}

function printSize(name: string, { minified, gzipped }: Size): void {
  print([name, `${minified} minified`, `${gzipped} gzipped`]);
}

function print(cells: string[]): void {
  const [first = '', ...rest] = cells;
  process.stdout.write(
    `${first.padEnd(50)}${rest
      .map((cell) => cell.padEnd(22))
      .join('')
      .trimEnd()}\n`,
  );
}

runCommand({
  usage,
  options: { seed: { type: 'string', default: '1' } },
  async run({ values }) {
    await compareClients(Number(values.seed));
    process.stdout.write('\nthe session, in bytes\n');
    await weigh();
    process.stdout.write('\n');
    await time();
    // What hangs, hangs on: nothing is left to wait for.
    process.exit();
  },
});
