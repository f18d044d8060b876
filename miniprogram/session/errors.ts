/** A cloud function's answer other than success. */
export interface FailureAnswer {
  /** 400, 401, 429, 500 or 903 by the contract; another number is passed on as it came. */
  readonly code: number;
  readonly msg: string;
  /** With 500: finds the cause in the log of the cloud. */
  readonly requestId?: string;
  /** With 429: seconds until another attempt can succeed. */
  readonly retryAfter?: number;
}

/** An error of the session: `code` says what happened, `cause` what lies behind it. */
export class CodedError<Code extends string, Cause = undefined> extends Error {
  /** What the cloud said, in `ANSWERED` only. */
  readonly answer?: FailureAnswer;

  constructor(
    readonly code: Code,
    readonly cause: Cause,
  ) {
    super(code);
  }
}

/** The cloud answered, but not with success; `answer` is what it said. */
export class Answered extends CodedError<'ANSWERED'> {
  constructor(override readonly answer: FailureAnswer) {
    super('ANSWERED', undefined);
  }
}

/**
 * There was no answer, or none in the shape of the contract; `cause` says which. The call is not
 * repeated, since it may have happened.
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

/** Tells the errors of a session from any other thing that was thrown. */
export function isSessionError(error: unknown): error is SessionError {
  return error instanceof CodedError;
}
