import { isSessionError } from '../../../miniprogram/session/errors';
import { overCloud } from '../../../miniprogram/session/over-cloud';
import type { SessionParts } from '../../../miniprogram/session/parts';
import { fieldsOf, isText, type Fields } from '../../../miniprogram/session/send';
import {
  createSession as createBoxedSession,
  type Contract,
  type Session,
} from '../../../miniprogram/session/session';
import { wxParts } from '../../../miniprogram/session/wx-parts';
import {
  boxed,
  contractRules,
  unboxed,
  type AnswerRules,
  type Boxed,
  type ReadSuccess,
} from './any-answer';

/** Nothing is declared: whatever function is called takes and answers what it likes. */
export type AnyContract = Record<string, { request: object; success: Fields }>;

/** What a session is made of. Each part has a default, which is WeChat's, or the contract's. */
export interface SessionOptions<
  Functions extends Contract<Functions> = AnyContract,
> extends Partial<SessionParts & AnswerRules> {
  /** Where WeChat's storage keeps the token. Default `token-loop/session`. */
  readonly storageKey?: string;
  /** How the success of a function is read; of one that has no reader, the answer is taken as it came. */
  readonly readers?: {
    readonly [Name in keyof Functions]?: ReadSuccess<Functions[Name]['success']>;
  };
}

/**
 * Makes a session: the one owner of the token on this phone. Make one for a mini program, and export it.
 *
 * @typeParam Functions - what each function takes and answers with success:
 *   `{ notes: { request: { day: string }; success: { notes: string[] } } }`. Calls are typed by it.
 */
export function createSession<Functions extends Contract<Functions> = AnyContract>({
  transport = overCloud,
  storageKey = 'token-loop/session',
  storage,
  clock,
  random,
  readers = {},
  isSuccess = contractRules.isSuccess,
  isRefused = contractRules.isRefused,
}: SessionOptions<Functions> = {}): Session<Functions> {
  /** The reader of each function that was called. */
  const boxReaders: Record<string, ReturnType<typeof unboxed>> = {};
  const session = createBoxedSession<Record<string, { request: object; success: Boxed }>>(
    Object.assign(
      wxParts(boxed(transport), storageKey),
      storage && { storage },
      clock && { clock },
      random && { random },
    ),
    boxReaders,
  );
  return {
    on: session.on,
    clear: session.clear,
    ready: (options) => session.ready(options).catch(explain),
    call: (name, request, options) => {
      boxReaders[name] = unboxed({ isSuccess, isRefused }, readers[name]);
      return (
        session
          .call(name, request, options)
          // Where there is no reader, the project's own word is taken for what a function answers.
          .then(({ success }) => success as Functions[typeof name]['success'], explain)
      );
    },
  };
}

/** Gives an error its name, and for a message what the cloud said, where it said something. */
function explain(error: unknown): never {
  if (isSessionError(error)) {
    const { answer } = error.answer ? error : fieldsOf(error.cause);
    const { msg } = fieldsOf(answer);
    Object.assign(error, { name: 'SessionError' }, isText(msg) && msg && { message: msg });
  }
  throw error;
}
