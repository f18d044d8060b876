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
  /** The code of `wx.login`; needed only where the cloud is to obtain a session_key. */
  code?: string;
}

/** Asks `gettoken` to make a token worthless. */
export interface RevokeRequest {
  revoke: string;
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

/** The request is malformed; `msg` names the field. */
export interface Malformed {
  code: 400;
  msg: string;
}

/** `gettoken` was called with no WeChat identity. */
export interface NoIdentity {
  code: 401;
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
  BusinessSuccess<Name> | Malformed | CloudFailure | Refused;

/** What `gettoken` answers to a {@link MintRequest}. */
export type MintAnswer = MintSuccess | Malformed | NoIdentity | TooMany | CloudFailure;

/** What `gettoken` answers to a {@link RevokeRequest}. */
export type RevokeAnswer = RevokeSuccess | Malformed | CloudFailure;

/** What `cleartokens` answers. */
export type ClearTokensAnswer = ClearTokensSuccess | Malformed | CloudFailure;
