import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Runs the command of `npm run test:races`: under jest the same schedules take twice as long. */
function races(...options: string[]): { status: number | null; output: string } {
  const command = ['--import', 'tsx', path.join(__dirname, 'races.ts'), ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

test('the rules of the session hold in 10,000 schedules and more', () => {
  const { status, output } = races('--runs', '10000');
  if (status !== 0) throw new Error(output);
  const [, explored] = /(\d+) {2}schedules explored/.exec(output) ?? [];
  expect(Number(explored)).toBeGreaterThanOrEqual(10_000);
}, 300_000);

test('--runs that is no number is refused', () => {
  expect(races('--runs', 'many')).toEqual({
    status: 1,
    output: '--runs: expected a whole number from 1, got many\n',
  });
});
