import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import { envIdSchema } from '../deploy/deploy-settings';
import type { Terminal } from './terminal';

/** What `npm run init` has to know. */
export interface Answers {
  readonly appId: string;
  readonly envId: string;
}

interface Question {
  readonly flag: string;
  /** What is asked for, and where it is found. */
  readonly text: string;
  readonly schema: v.GenericSchema<string, string>;
}

const questions = {
  appId: {
    flag: '--appid',
    text: 'AppID (mp.weixin.qq.com, 开发管理 → 开发设置)',
    schema: v.pipe(
      v.string(),
      v.regex(
        /^wx[0-9a-f]{16}$/,
        'must be an AppID: wx and 16 of the characters 0-9 and a-f, such as wx0123456789abcdef',
      ),
    ),
  },
  envId: {
    flag: '--env',
    text: 'Id of the cloud environment (DevTools, 云开发 → 设置 → 环境 ID)',
    schema: envIdSchema,
  },
} satisfies Record<keyof Answers, Question>;

/**
 * Takes what was given by flags, and asks for the rest; an empty answer stays with what there is.
 *
 * @throws ToolError USAGE naming the flag that is missing or malformed.
 */
export async function getAnswers(
  given: Readonly<Record<keyof Answers, string | undefined>>,
  present: Answers,
  terminal: Terminal | undefined,
): Promise<Answers> {
  const flags = {
    appId: checkFlag(questions.appId, given.appId),
    envId: checkFlag(questions.envId, given.envId),
  };
  return {
    appId: flags.appId ?? (await ask(questions.appId, present.appId, terminal)),
    envId: flags.envId ?? (await ask(questions.envId, present.envId, terminal)),
  };
}

function checkFlag({ flag, schema }: Question, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  throw new ToolError('USAGE', `${flag} ${parsed.issues[0].message}; ${given} is not.`);
}

async function ask(
  { flag, text, schema }: Question,
  present: string,
  terminal: Terminal | undefined,
): Promise<string> {
  if (terminal === undefined) {
    throw new ToolError('USAGE', `${flag} is missing, and there is no terminal to ask in.`);
  }
  for (;;) {
    const answer = (await terminal.ask(`${text}${present && ` [${present}]`}: `)) || present;
    const parsed = v.safeParse(schema, answer);
    if (parsed.success) return parsed.output;
    process.stdout.write(`It ${parsed.issues[0].message}.\n`);
  }
}
