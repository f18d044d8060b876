export { createSession, type AnyContract, type SessionOptions } from './create-session';
export type { AnswerRules, ReadSuccess } from './any-answer';
export { isSessionError } from '../../../miniprogram/session/errors';
export type {
  Answered,
  CallFailed,
  Cancelled,
  Cleared,
  CodedError,
  FailureAnswer,
  Refused,
  RefreshFailed,
  SessionError,
  TimedOut,
} from '../../../miniprogram/session/errors';
export type { RefreshReason, SessionEvent } from '../../../miniprogram/session/events';
export { withLoginCode } from '../../../miniprogram/session/login-code';
export { overCloud } from '../../../miniprogram/session/over-cloud';
export {
  overHttp,
  type HttpOptions,
  type HttpResponse,
} from '../../../miniprogram/session/over-http';
export type {
  Clock,
  StoredToken,
  TokenStorage,
  Transport,
} from '../../../miniprogram/session/parts';
export type { Fields } from '../../../miniprogram/session/send';
export type { CallOptions, Contract, Session } from '../../../miniprogram/session/session';
