import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts') && file !== path.basename(__filename))
  .map((file) => path.basename(file, '.ts'));

const usage = `Usage: npm run bench [-- name...]
       npm run bench -- name [flags of its own]

Runs the benchmarks of this folder one after the other: all, or those named. One that is named alone
can have flags; npm run bench -- name --help prints them.

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
    runOne(name, []);
  }
  return Promise.resolve();
}

function runOne(name: string, flags: readonly string[]): void {
  const file = path.join(__dirname, `${name}.ts`);
  const command = ['--import', 'tsx', file, ...flags];
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

const [first, ...rest] = process.argv.slice(2);
if (first !== undefined && names.includes(first) && rest.some((each) => each.startsWith('-'))) {
  // What comes after the name is the benchmark's own.
  runOne(first, rest);
} else {
  runCommand({
    usage,
    options: {},
    allowPositionals: true,
    run: ({ positionals }) => runAll(positionals),
  });
}
