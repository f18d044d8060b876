import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { declarePackages } from './build/declarations';
import { buildPackage, packageNames, type PackageName } from './build/packages';

const usage = `Usage: npm run build -w token-loop-session
       npm run build -w token-loop-server

Builds the packages by which other projects take the session and the server, with their declarations. npm pack does it
by itself. npm run build builds their code alone.

  -h, --help   print this
`;

const root = path.resolve(__dirname, '..');

const isPackage = (name: string): name is PackageName =>
  packageNames.some((known) => known === name);

runCommand({
  usage,
  options: {},
  allowPositionals: true,
  async run({ positionals }) {
    const names = positionals.filter(isPackage);
    if (names.length === 0 || names.length < positionals.length) {
      throw new ToolError('USAGE', `Name packages: ${packageNames.join(', ')}.`);
    }
    await Promise.all(names.map((name) => buildPackage(root, name)));
    await declarePackages(root, names);
  },
});
