import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const usage = `Usage: npm run bench [-- name...]

Runs the benchmarks of this folder one after the other: all, or those named.
`;

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts') && file !== path.basename(__filename))
  .map((file) => path.basename(file, '.ts'));
const wanted = process.argv.slice(2);

if (wanted.includes('--help')) {
  process.stdout.write(`${usage}\n  ${names.join('\n  ')}\n`);
} else {
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(
      `No benchmark called ${unknown.join(', ')}; there are ${names.join(', ')}.\n`,
    );
    process.exit(1);
  }
  for (const name of wanted.length > 0 ? wanted : names) {
    process.stdout.write(`\n# ${name}\n\n`);
    const file = path.join(__dirname, `${name}.ts`);
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', file], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}
