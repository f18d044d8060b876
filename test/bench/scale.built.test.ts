import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.resolve(__dirname, '../..');

test('docs/scale.md and its pictures show what the simulation gives', async () => {
  const command = ['--import', 'tsx', 'bench/scale.ts', '--check'];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: root });

  expect(stdout).toBe('docs/scale.md shows what the simulation gives.\n');
}, 120_000);
