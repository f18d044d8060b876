import type { CloudFailure, Malformed, NoIdentity, Refused, TooMany } from '../contract';

/** One answer for a token that is missing, malformed, unknown, expired, revoked or another user's. */
export function refused(): Refused {
  return { code: 903, msg: 'Token验证失败' };
}

/** @param expected - what the field should have been, in Chinese. */
export function malformed(field: string, expected: string): Malformed {
  return { code: 400, msg: `${field}：${expected}` };
}

export function noIdentity(): NoIdentity {
  return { code: 401, msg: '没有微信身份，请在小程序中调用' };
}

/** @param retryAfter - seconds, at least 1. */
export function tooMany(retryAfter: number): TooMany {
  return { code: 429, msg: '获取Token过于频繁，请稍后再试', retryAfter };
}

export function cloudFailure(requestId: string): CloudFailure {
  return { code: 500, msg: '请求失败', requestId };
}
