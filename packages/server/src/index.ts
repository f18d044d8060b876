import { accounts as handleAccounts } from '../../../server/accounts';
import { cleartokens as handleCleartokens } from '../../../server/cleartokens';
import { gettoken as handleGettoken } from '../../../server/gettoken';
import { serve } from '../../../server/serve';
import { cloud } from './cloud';
import type { Main } from './protect';

export { protect, type Explained, type Main, type ProtectOptions, type User } from './protect';
export { PublicError } from './public-error';
export type { Schema } from './schema';

/** The `main` of `gettoken`: mints a token for the caller, makes tokens worthless, or lists a user's devices. */
export const gettoken: Main = serve('gettoken', cloud, handleGettoken);

/** The `main` of `cleartokens`: removes tokens that expired. For a timer, hourly. */
export const cleartokens: Main = serve('cleartokens', cloud, handleCleartokens, {
  overHttp: false,
});

/** The `main` of `accounts`: what an administrator may do to a user. `delete` removes the login and the tokens. */
export const accounts: Main = serve('accounts', cloud, handleAccounts([]), { overHttp: false });
