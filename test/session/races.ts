import { runCommand, ToolError } from 'cloudbase-local/command';
import { exploreAll } from './situations';

const usage = `Usage: npm run test:races [-- --runs N]

Explores schedules of the session: answers, time limits and faults in every order that fast-check
comes up with. Prints how many were explored; ends with 1 when one of them breaks a rule.

  --runs N    about how many schedules, 100000 unless given
  -h, --help  print this
`;

async function explore(given: string): Promise<void> {
  const runs = Number(given);
  if (!Number.isSafeInteger(runs) || runs < 1) {
    throw new ToolError('USAGE', `--runs: expected a whole number from 1, got ${given}`);
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

runCommand({
  usage,
  options: { runs: { type: 'string', default: '100000' } },
  npmScript: 'test:races',
  run: ({ values }) => explore(values.runs),
});
