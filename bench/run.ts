import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts') && file !== path.basename(__filename))
  .map((file) => path.basename(file, '.ts'));

const usage = `Usage: npm run bench [-- name...]

Runs the benchmarks of this folder one after the other: all, or those named.

  ${names.join('\n  ')}

  -h, --help  print this
`;

function runAll(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    const message = `No benchmark called ${unknown.join(', ')}; there are ${names.join(', ')}.`;
    throw new ToolError('USAGE', message);
  }
  for (const name of wanted.length > 0 ? wanted : names) {
    process.stdout.write(`\n# ${name}\n\n`);
    const file = path.join(__dirname, `${name}.ts`);
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
  return Promise.resolve();
}

runCommand({
  usage,
  options: {},
  allowPositionals: true,
  run: ({ positionals }) => runAll(positionals),
});
