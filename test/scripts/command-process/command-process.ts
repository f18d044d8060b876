import { fork } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { runSchema, type Request, type Run } from './protocol';

/**
 * A process that runs commands of this project one after another, as their scripts in scripts/ do: loading what these
 * stand on takes longer than their work.
 */
export interface CommandProcess {
  run(request: Request): Promise<Run>;
  stop(): void;
}

/** Settings that a developer's own shell may hold are nobody's business here. */
const settings = /^(?:TOKEN_|WX_|ENV_ID$|npm_)/;

/** @returns What a command inherits in a test. */
export function inheritedVariables(): Record<string, string> {
  const variables = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || settings.test(name) ? [] : [[name, value] as const],
  );
  return Object.fromEntries(variables);
}

export const tsx = pathToFileURL(require.resolve('tsx')).href;

/** @param environment - What Node.js itself reads of it is that of every command. */
export function startCommandProcess(environment: Readonly<Record<string, string>>): CommandProcess {
  const child = fork(path.join(__dirname, 'child.ts'), {
    execArgv: ['--import', tsx],
    env: environment,
  });
  return {
    run: (request) =>
      new Promise((resolve, reject) => {
        const ended = () => {
          reject(new Error('The process of the commands has ended.'));
        };
        child.once('exit', ended);
        child.once('message', (message) => {
          child.off('exit', ended);
          resolve(v.parse(runSchema, message));
        });
        child.send(request);
      }),
    stop: () => {
      child.kill();
    },
  };
}
