import { createError, type Answered } from '../../../miniprogram/session/errors';
import type { Transport } from '../../../miniprogram/session/parts';
import { fieldsOf, isNumber, readAnswer, type Fields } from '../../../miniprogram/session/send';

/** Reads the success of a function; `undefined` when its fields are not one. */
export type ReadSuccess<Success> = (fields: Fields) => Success | undefined;

/** How the answers of a project are told apart. Those of `gettoken` are the contract's. */
export interface AnswerRules {
  /** Whether an answer is a success. Default: its `code` is 1, and it has no `errCode` but 0. */
  readonly isSuccess: (fields: Fields) => unknown;
  /** Whether an answer that is no success refuses the token. Default: its `code` is 903. */
  readonly isRefused: (fields: Fields) => unknown;
}

export const contractRules: AnswerRules = {
  isSuccess: ({ code, errCode }) => code === 1 && !errCode,
  isRefused: ({ code }) => code === 903,
};

/** A success as the session takes it, with the one of the project in it. */
export interface Boxed {
  code: 1;
  success: unknown;
  answer?: undefined;
  cause?: undefined;
}

/** Lets the answers of business functions through the session, whatever is in them. */
export const boxed =
  (transport: Transport): Transport =>
  (name, data) => {
    const sent = transport(name, data);
    return name === 'gettoken' ? sent : sent.then((result) => ({ code: 1, result }));
  };

/**
 * Opens what {@link boxed} made, and reads it by the rules of the project.
 *
 * @param read - of a function without a reader the answer is taken as it came.
 */
export const unboxed =
  ({ isSuccess, isRefused }: AnswerRules, read: ReadSuccess<unknown> = (fields) => fields) =>
  ({ result }: Fields): Boxed | Answered | undefined => {
    const fields = fieldsOf(result);
    if (isSuccess(fields)) {
      const success = read(fields);
      return success ? { code: 1, success } : undefined;
    }
    const { errCode, errMsg, requestId, retryAfter } = fields;
    const { code = errCode, msg = errMsg } = fields;
    const known = isRefused(fields) ? 903 : code;
    if (!isNumber(known)) return undefined;
    // Here 1 is no success: the words are read beside a code that never is one.
    const { answer } = readAnswer<never>({ code: 0, msg, requestId, retryAfter }, () => undefined);
    return createError('ANSWERED', undefined, Object.assign({}, answer, { code: known }));
  };
