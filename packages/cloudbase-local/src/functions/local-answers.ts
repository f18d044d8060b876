import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { cloudEnvironment } from './environment';
import { wholeModule } from './load';
import { createPool, type Pool } from './pool';
import type { Settings } from '../data-folder/settings';

/** Asks the project's module of answers. */
export type Answers = (
  name: string,
  data: unknown,
) => Promise<
  | { readonly given: true; readonly answer?: unknown }
  | { readonly given: false; readonly failure?: string }
>;

export interface LocalAnswers {
  readonly ask: Answers;
  close(): void;
}

interface AnswersOptions {
  /** The project's folder. */
  readonly root: string;
  readonly settings: Settings;
  readonly cloudUrl: string;
  readonly log: (line: string) => void;
}

const limits = { memoryMegabytes: 256, timeLimit: 5000 };

const given = v.variant('given', [
  v.object({ given: v.literal(false) }),
  v.object({ given: v.literal(true), answer: v.optional(v.unknown()) }),
]);

/** `local/openapi.js` of the project, in a process of its own as a function is. */
export function createAnswers({ root, settings, cloudUrl, log }: AnswersOptions): LocalAnswers {
  const file = path.join(root, 'local/openapi.js');
  let pool: Pool | undefined;
  const open = (): Pool =>
    createPool({
      ...limits,
      file,
      moduleFile: file,
      exportName: wholeModule,
      environment: {
        PATH: process.env['PATH'] ?? '',
        ...cloudEnvironment(settings, `${cloudUrl}/admin?`),
      },
      output: (_, line) => {
        log(`local/openapi.js | ${line}`);
      },
    });

  return {
    async ask(name, data) {
      if (!existsSync(file)) return { given: false };
      pool ??= open();
      const outcome = await pool.call({
        id: randomUUID(),
        event: JSON.stringify({ name, data }),
        context: {},
        environment: {},
      });
      if (outcome.kind === 'result') return v.parse(given, outcome.value);
      const how = 'message' in outcome ? outcome.message : 'it takes too long';
      return { given: false, failure: `${name}: local/openapi.js failed: ${how}` };
    },
    close: () => pool?.close(),
  };
}
