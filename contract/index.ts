/**
 * What travels between the mini program and the cloud functions through `wx.cloud.callFunction`.
 * Types only: both sides import this file with `import type`, so it costs the phone nothing.
 */

/** An order as its owner sees it. */
export interface Order {
  id: string;
  title: string;
  /** When the order was placed, in Unix seconds. */
  time: number;
}

/** Asks `gettoken` for a new token. */
export interface MintRequest {
  /** The code of `wx.login`: it brings the session_key, and over HTTP the identity. */
  code?: string;
  /** The token that the new one takes the place of. It stays good for a minute, for calls that are under way. */
  renews?: string;
  /** What the phone calls itself in the list of devices, such as its model; 64 characters at most. */
  label?: string;
}

/** Asks `gettoken` to make a token worthless. */
export interface RevokeRequest {
  /** This token, and those whose place it took. */
  revoke: string;
  /** Every token of its user. */
  all?: boolean;
}

/** Asks `gettoken` where the user of this token is logged in. */
export interface DevicesRequest {
  devices: string;
}

export interface MintSuccess {
  code: 1;
  token: string;
  /** Whole seconds of life left: a duration, since the phone's clock is not trusted. */
  expiresIn: number;
}

export interface RevokeSuccess {
  code: 1;
}

/** A phone, or another client, that holds a good token. Times in Unix seconds. */
export interface Device {
  label?: string;
  /** When it logged in. */
  since: number;
  /** When it got the token that it has. */
  renewed: number;
  /** Whether it is the one that asks. */
  current: boolean;
}

export interface DevicesSuccess {
  code: 1;
  /** The one with the newest token first. */
  devices: Device[];
}

export interface OrdersRequest {
  /** How many orders at most, 1 to 100. Default 20. */
  limit?: number;
  /** `nextCursor` of the page before. */
  cursor?: string;
}

export interface OrdersSuccess {
  code: 1;
  /** Newest first. */
  orders: Order[];
  /** Present while older orders remain. */
  nextCursor?: string;
}

/** Answer of the timer-triggered `cleartokens`. */
export interface ClearTokensSuccess {
  code: 1;
  /** How many expired tokens this run removed. */
  removed: number;
  /** Whether expired tokens remain for the next run. */
  more: boolean;
}

/** Asks `accounts`, as the environment's administrator. */
export interface AccountsRequest {
  /** `ACCOUNTS_KEY` of the function's settings. */
  key: string;
  openid: string;
  /** `end`: all tokens, at once. `block`: no token is good or minted until `unblock`. `delete`: nothing is left. */
  action: 'end' | 'block' | 'unblock' | 'delete';
}

export interface AccountsSuccess {
  code: 1;
  /** How many documents were changed or removed, by collection. */
  changed: Record<string, number>;
}

/** The request is malformed; `msg` names the field. */
export interface Malformed {
  code: 400;
  msg: string;
}

/** `gettoken` cannot tell who calls, or the user is blocked. */
export interface NoIdentity {
  code: 401;
  msg: string;
}

/** Over HTTP: another method than POST. */
export interface WrongMethod {
  code: 405;
  msg: string;
}

/**
 * session_key has changed since the data was made, or none is kept: the user has to be asked again, with a token
 * that will live meanwhile.
 */
export interface KeyChanged {
  code: 409;
  msg: string;
}

/** Too many tokens were asked for. */
export interface TooMany {
  code: 429;
  msg: string;
  /** Seconds until another attempt can succeed. */
  retryAfter: number;
}

/** The cloud failed; the cause is in its log under `requestId`. */
export interface CloudFailure {
  code: 500;
  msg: string;
  requestId: string;
}

/** The token is missing, unknown, expired, revoked or another user's: one answer for all of them. */
export interface Refused {
  code: 903;
  msg: string;
}

/** Business functions: every call of one carries a token, which the session adds to the request. */
export interface BusinessFunctions {
  orders: { request: OrdersRequest; success: OrdersSuccess };
}

export type BusinessName = keyof BusinessFunctions;
export type BusinessRequest<Name extends BusinessName> = BusinessFunctions[Name]['request'];
export type BusinessSuccess<Name extends BusinessName> = BusinessFunctions[Name]['success'];

/** What a business function answers. */
export type BusinessAnswer<Name extends BusinessName> =
  BusinessSuccess<Name> | Malformed | KeyChanged | CloudFailure | Refused;

/** What `gettoken` answers to a {@link MintRequest}. */
export type MintAnswer = MintSuccess | Malformed | NoIdentity | TooMany | CloudFailure;

/** What `gettoken` answers to a {@link RevokeRequest}. */
export type RevokeAnswer = RevokeSuccess | Malformed | Refused | CloudFailure;

/** What `gettoken` answers to a {@link DevicesRequest}. */
export type DevicesAnswer = DevicesSuccess | Malformed | Refused | CloudFailure;

/** What `cleartokens` answers. */
export type ClearTokensAnswer = ClearTokensSuccess | Malformed | CloudFailure;

/** What `accounts` answers. */
export type AccountsAnswer = AccountsSuccess | Malformed | NoIdentity | CloudFailure;
