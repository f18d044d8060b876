import type { BusinessFunctions } from '../../contract';
import { httpBase, sendsLoginCode } from '../env';
import { withLoginCode } from './login-code';
import { overCloud } from './over-cloud';
import { overHttp } from './over-http';
import { readSuccess } from './readers';
import { createSession } from './session';
import { wxParts } from './wx-parts';

export { isSessionError } from './errors';
export type * from './errors';
export type { SessionEvent } from './events';
export type { CallOptions } from './session';

const calls = httpBase === '' ? overCloud : overHttp(httpBase);

/** The session of this mini program. */
export const session = createSession<BusinessFunctions>(
  wxParts(sendsLoginCode ? withLoginCode(calls) : calls, 'token-loop/session'),
  readSuccess,
);
