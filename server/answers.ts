import type {
  CloudFailure,
  KeyChanged,
  Malformed,
  NoIdentity,
  Refused,
  TooMany,
  WrongMethod,
} from '../contract';

/** One answer for a token that is missing, malformed, unknown, expired, revoked or another user's. */
export function refused(): Refused {
  return { code: 903, msg: 'Token验证失败' };
}

/** @param expected - what the field should have been, in Chinese. */
export function malformed(field: string, expected: string): Malformed {
  return { code: 400, msg: `${field}：${expected}` };
}

export function noIdentity(): NoIdentity {
  return { code: 401, msg: '没有识别到微信身份：登录凭证缺失或无效' };
}

/** The environment's administrator has blocked the user. */
export function blocked(): NoIdentity {
  return { code: 401, msg: '该用户已被停用' };
}

export function wrongMethod(): WrongMethod {
  return { code: 405, msg: '只接受 POST 请求' };
}

export function notOverHttp(): Malformed {
  return malformed('HTTP', '该云函数不接受 HTTP 调用');
}

export function keyChanged(): KeyChanged {
  return { code: 409, msg: '登录态已更新，请再操作一次' };
}

/** @param retryAfter - seconds, at least 1. */
export function tooMany(retryAfter: number): TooMany {
  return { code: 429, msg: '获取 token 过于频繁，请稍后再试', retryAfter };
}

export function cloudFailure(requestId: string): CloudFailure {
  return { code: 500, msg: '请求失败', requestId };
}
