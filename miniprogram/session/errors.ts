/** A cloud function's answer other than success. */
export interface FailureAnswer {
  /** 400, 401, 429, 500 or 903 by the contract; another number is passed on as it came. */
  readonly code: number;
  readonly msg: string;
  /** With 500: finds the cause in the log of the cloud. */
  readonly requestId?: string | undefined;
  /** With 429: seconds until another attempt can succeed, 2 at least. */
  readonly retryAfter?: number | undefined;
}

/** An error of the session: `code` says what happened, `cause` what lies behind it. */
export interface CodedError<Code extends string, Cause = undefined> extends Error {
  readonly code: Code;
  readonly cause: Cause;
  /** What the cloud said is in `ANSWERED` only. */
  readonly answer?: undefined;
}

/** The cloud answered, but not with success; `answer` is what it said. */
export interface Answered extends Error {
  readonly code: 'ANSWERED';
  readonly cause: undefined;
  readonly answer: FailureAnswer;
}

/**
 * There was no answer, or none in the shape of the contract, or nothing could be sent; `cause` says
 * which. The call is not repeated, since it may have happened.
 */
export type CallFailed = CodedError<'CALL_FAILED', unknown>;

/** The time limit of a call or of a refresh passed. What was sent may have happened. */
export type TimedOut = CodedError<'TIMED_OUT'>;

/** The `cancelled` promise of the call settled. A refresh that others wait for goes on. */
export type Cancelled = CodedError<'CANCELLED'>;

/** `clear()` came before the answer: the call belonged to the user who left. */
export type Cleared = CodedError<'CLEARED'>;

/** No token could be had; all calls that needed it share one `cause`. */
export type RefreshFailed = CodedError<'REFRESH_FAILED', Answered | CallFailed | TimedOut>;

/** The cloud refused the new token too; `cause` is its answer, shared by all calls that met it. */
export type Refused = CodedError<'REFUSED', Answered>;

/** All that `session.call` rejects with; narrow it by `code`. */
export type SessionError =
  Answered | CallFailed | TimedOut | Cancelled | Cleared | RefreshFailed | Refused;

/** Makes an error. No class: compiled for old phones, one that extends `Error` weighs 3 KB. */
export function createError(code: 'ANSWERED', cause: undefined, answer: FailureAnswer): Answered;
export function createError<Code extends string>(code: Code): CodedError<Code>;
export function createError<Code extends string, Cause>(
  code: Code,
  cause: Cause,
): CodedError<Code, Cause>;
export function createError(code: string, cause?: unknown, answer?: FailureAnswer): Error {
  return Object.assign(new Error(code), { code, cause, answer });
}

/**
 * Tells the errors of a session from any other thing that was thrown: each has its own field `answer`,
 * if only with nothing in it, which no error of the platform has.
 */
export function isSessionError(error: unknown): error is SessionError {
  return error instanceof Error && 'answer' in error;
}
