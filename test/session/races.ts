import { parseArgs } from 'node:util';
import { runCommand } from '../../packages/cloudbase-local/src/command/run';
import { exploreAll } from './situations';

const usage = `Usage: npm run test:races [-- --runs N]

Explores schedules of the session: answers, time limits and faults in every order that fast-check
comes up with. Prints how many were explored; ends with 1 when one of them breaks a rule.

  --runs N  about how many schedules, 100000 unless given
  --help    print this
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runs: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const runs = Number(values.runs ?? 100_000);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new Error(`--runs: expected a whole number from 1, got ${String(values.runs)}`);
  }
  let explored = 0;
  await exploreAll(runs, (name, schedules, failure) => {
    explored += schedules;
    process.stdout.write(`${String(schedules).padStart(9)}  ${name}${failure ? ': BROKEN' : ''}\n`);
    if (failure === undefined) return;
    process.stdout.write(`${failure}\n`);
    process.exitCode = 1;
  });
  process.stdout.write(`${String(explored).padStart(9)}  schedules explored\n`);
}

runCommand(main, Error);
