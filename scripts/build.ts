import path from 'node:path';
import { runCommand } from 'cloudbase-local/command';
import { buildPackage, packageNames } from './build/packages';
import { buildProject } from './build/project';

const usage = `Usage: npm run build

Bundles each cloud function that cloudbaserc.json declares into its index.js, with the parts of the SDK inside
that the functions use (scripts/build/leave-out.ts says which are left out), and the code of the packages by which other
projects take the session and the server; weighs the mini program.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');

runCommand({
  usage,
  options: {},
  async run() {
    await Promise.all(packageNames.map((name) => buildPackage(root, name)));
    process.stdout.write(`${await buildProject(root)}\n`);
  },
});
