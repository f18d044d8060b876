/** Bundles one function as `npm run build` does. Arguments: the source, the file to write. */
import { build } from 'esbuild';
import { leaveOut, leftOut } from '../../scripts/leave-out';

const [, , source = '', outfile = ''] = process.argv;

void build({
  entryPoints: [source],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: true,
  plugins: [leaveOut(leftOut)],
});
