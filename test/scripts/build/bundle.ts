/** Bundles one function as `npm run build` does. Arguments: the source, the file to write. */
import { build } from 'esbuild';
import { functionBundle } from '../../../scripts/build/bundle';

const [, , source = '', outfile = ''] = process.argv;

void build({ ...functionBundle, entryPoints: [source], outfile });
