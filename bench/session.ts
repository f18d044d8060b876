import { runCommand, ToolError } from 'cloudbase-local/command';
import { clients } from './session/clients';
import { describe, measure, situations } from './session/situations';
import { measureSize } from './session/size';

const usage = `Usage: npx tsx bench/session.ts [--seed N]

Counts what the session and three other ways to keep a token send (business calls + gettoken), over
the same cloud with the same latencies, and prints the size of the built session.

  --seed N    another series of latencies
  -h, --help  print this
`;

const SIZE_LIMIT = 2_000;

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

  const { minified, gzipped } = await measureSize();
  process.stdout.write(
    `\nsize of the built session: ${minified} bytes minified, ${gzipped} gzipped (limit ${SIZE_LIMIT})\n`,
  );
  if (gzipped > SIZE_LIMIT) process.exitCode = 1;
}

function print(cells: string[]): void {
  const [first = '', ...rest] = cells;
  process.stdout.write(
    `${first.padEnd(40)}${rest
      .map((cell) => cell.padEnd(24))
      .join('')
      .trimEnd()}\n`,
  );
}

runCommand({
  usage,
  options: { seed: { type: 'string', default: '1' } },
  async run({ values }) {
    await compareClients(Number(values.seed));
    // What hangs, hangs on: nothing is left to wait for.
    process.exit();
  },
});
