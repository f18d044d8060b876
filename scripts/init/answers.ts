import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import { envIdSchema } from '../deploy/deploy-settings';
import type { Terminal } from './terminal';

/** What `npm run init` has to know. */
export interface Answers {
  readonly appId: string;
  readonly envId: string;
  /** Whether the functions are to be reached over HTTP, too; undefined where nobody said so: it stays as it is. */
  readonly httpAccess: boolean | undefined;
}

/** What was given by flags. */
export type Given = Readonly<Record<keyof Answers, string | undefined>>;

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
} satisfies Partial<Record<keyof Answers, Question>>;

/**
 * Takes what was given by flags, and asks for the rest; an empty answer stays with what there is.
 *
 * @throws ToolError USAGE naming the flag that is missing or malformed.
 */
export async function getAnswers(
  given: Given,
  present: Answers,
  terminal: Terminal | undefined,
): Promise<Answers> {
  const flags = {
    appId: checkFlag(questions.appId, given.appId),
    envId: checkFlag(questions.envId, given.envId),
    httpAccess: checkHttpFlag(given.httpAccess),
  };
  return {
    appId: flags.appId ?? (await ask(questions.appId, present.appId, terminal)),
    envId: flags.envId ?? (await ask(questions.envId, present.envId, terminal)),
    httpAccess: flags.httpAccess ?? (await askHttp(present.httpAccess === true, terminal)),
  };
}

function checkHttpFlag(given: string | undefined): boolean | undefined {
  if (given === undefined) return undefined;
  if (given === 'on' || given === 'off') return given === 'on';
  throw new ToolError('USAGE', `--http must be on or off; ${given} is not.`);
}

async function askHttp(
  present: boolean,
  terminal: Terminal | undefined,
): Promise<boolean | undefined> {
  const choice = present ? 'Y/n' : 'y/N';
  const answer = await terminal?.ask(`HTTP access, for clients without wx.cloud? (${choice}) `);
  return answer === undefined ? undefined : isYes(answer, present);
}

/** @param byDefault - What an empty answer means. */
export function isYes(answer: string, byDefault: boolean): boolean {
  return answer === '' ? byDefault : ['y', 'yes'].includes(answer.toLowerCase());
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
