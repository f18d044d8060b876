import { fork } from 'node:child_process';
import path from 'node:path';
import * as v from 'valibot';

/** Where `npm run check:devtools` installs WeChat's compiler. */
export const compilerHome = path.resolve(__dirname, '../../.cache/devtools');

const minutes = 60_000;

const result = v.object({
  faults: v.array(v.string()),
  files: v.record(v.string(), v.string()),
});
/** What WeChat's schemas say of the JSON files, and the files of the compiled package. */
export type Compiled = v.InferOutput<typeof result>;

/**
 * Compiles a mini program as DevTools does, once its packages are packed (构建 npm).
 *
 * @param schemaOf - which of WeChat's schemas a JSON file is held against, by its path in the project.
 */
export function compile(
  project: string,
  schemaOf: Readonly<Record<string, string>>,
): Promise<Compiled> {
  return new Promise((resolve, reject) => {
    const child = fork(path.join(__dirname, 'compile.mjs'), [compilerHome, project], {
      cwd: project,
      execArgv: [],
      silent: true,
      timeout: 5 * minutes,
    });
    let output = '';
    const read = (chunk: Buffer) => (output += chunk.toString());
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('message', (message) => {
      resolve(v.parse(result, message));
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`The compiler did not come to an end. It wrote:\n${output}`));
    });
    child.send(schemaOf);
  });
}
