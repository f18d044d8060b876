import { fork } from 'node:child_process';
import path from 'node:path';
import * as v from 'valibot';

export interface FunctionCall {
  readonly name: string;
  readonly event: unknown;
  /** Who calls; `null` where WeChat names nobody. */
  readonly openid: string | null;
}

export interface FunctionProcess {
  /** Makes calls side by side; gives the answers in their order, and what was logged meanwhile. */
  call(calls: readonly FunctionCall[]): Promise<{ answers: unknown[]; logged: string[] }>;
  stop(): void;
}

const reply = v.object({
  answers: v.pipe(v.string(), v.parseJson(), v.array(v.unknown())),
  logged: v.array(v.string()),
});

/** Built functions in one process, without the way through the local cloud; they still use its database. */
export function startFunctionProcess(
  names: readonly string[],
  env: Readonly<Record<string, string>>,
): FunctionProcess {
  const root = path.resolve(__dirname, '../..');
  const files = names.map((name) => path.join(root, 'cloudfunctions', name, 'index.js'));
  const child = fork(path.join(__dirname, 'function-process.mjs'), files, { env });
  return {
    call: (calls) =>
      new Promise((resolve, reject) => {
        const ended = () => {
          reject(new Error('the process ended'));
        };
        child.once('exit', ended);
        child.once('message', (message) => {
          child.off('exit', ended);
          resolve(v.parse(reply, message));
        });
        child.send(calls.map((one) => ({ ...one, event: JSON.stringify(one.event) })));
      }),
    stop: () => {
      child.kill('SIGKILL');
    },
  };
}
