import path from 'node:path';
import { runCommand } from 'cloudbase-local/command';
import { buildProject } from './build/project';

const usage = `Usage: npm run build

Bundles each cloud function that cloudbaserc.json declares into its index.js, with the parts of the SDK inside
that the functions use (scripts/build/leave-out.ts says which are left out), and weighs the mini program.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');

runCommand({
  usage,
  options: {},
  async run() {
    process.stdout.write(`${await buildProject(root)}\n`);
  },
});
