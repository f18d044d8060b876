import { guardCall, type Session } from '../../../server/guard';
import { ownFields, refuse } from '../../../server/request';
import { serve } from '../../../server/serve';
import { cloud } from './cloud';
import { PublicError } from './public-error';
import { fieldOf, type Schema } from './schema';

/** Whom a handler serves: `uid`, `openid`, `appid`, and what may be done in their name. */
export type User = Session;

export interface ProtectOptions<Event = unknown> {
  /**
   * What the event must be, as a schema of valibot, zod, ArkType or any other library of Standard Schema. What is
   * not so is answered 400; the handler gets what the schema made of it. Without one it gets the event as it came.
   */
  readonly fields?: Schema<Event>;
  /**
   * Whether the handler only reads. Then it runs while the token is being verified, and its answer is thrown away
   * when the token is refused: one wait less. Default: it starts once the token was found good.
   */
  readonly readsOnly?: boolean;
  /**
   * What the phone is to get of an error that the handler threw, besides a {@link PublicError}; `undefined` where it is none
   * of its business: then it is answered 500.
   */
  readonly explain?: (error: unknown) => Explained | undefined;
}

/** What the phone gets of an error. */
export interface Explained {
  readonly code: number;
  readonly msg: string;
}

/** A cloud function's `main`. */
export type Main = (event: unknown, context: unknown) => Promise<object>;

/**
 * Puts a handler behind the token: `exports.main = protect(async (event, user) => …)`. A call without a good token
 * is answered 903, and the handler does not hear of it.
 *
 * @param handle - gets the fields of the call without the token, whose it is, and what the cloud passes beside the event.
 *   What it returns is the answer: an object, or nothing. Without a `code` it gets `code: 1`, or its `errCode` where that is
 *   not 0. Both are numbers.
 */
export function protect<Event = Record<string, unknown>>(
  handle: (event: Event, user: User, context: unknown) => unknown,
  { fields, readsOnly = false, explain }: ProtectOptions<Event> = {},
): Main {
  const answer = guardCall(readsOnly, async (rest, user, { context }) => {
    const parsed = await parse(rest, fields);
    if (!parsed.ok) return parsed.answer;
    try {
      return toAnswer(await handle(parsed.value, user, context));
    } catch (error) {
      const explained =
        error instanceof PublicError ? { code: error.code, msg: error.message } : explain?.(error);
      if (explained === undefined) throw error;
      return explained;
    }
  });
  return serve(process.env['SCF_FUNCTIONNAME'] ?? 'protected', cloud, answer);
}

async function parse<Event>(rest: unknown, schema: Schema<Event> | undefined) {
  // Without a schema it is the project's own word what its functions are called with.
  if (schema === undefined) return { ok: true as const, value: rest as Event };
  const validated = await schema['~standard'].validate(ownFields(rest));
  if (validated.issues === undefined) return { ok: true as const, value: validated.value };
  const [issue] = validated.issues;
  return {
    ok: false as const,
    answer: refuse(issue ? fieldOf(issue) : '', issue?.message ?? '与 fields 不符'),
  };
}

function toAnswer(given: unknown): { code: number } {
  if (given === undefined) return { code: 1 };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new TypeError('A handler must return an object, or nothing');
  }
  const { code = toCode(given) }: { code?: unknown } = given;
  if (typeof code !== 'number') throw new TypeError('The code of an answer must be a number');
  return { ...given, code };
}

/** Of an answer that has no code: 1, unless it has failed as WeChat's own do. */
function toCode(given: { errCode?: unknown }): unknown {
  return given.errCode === undefined || given.errCode === 0 ? 1 : given.errCode;
}
