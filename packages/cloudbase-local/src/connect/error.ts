/** How WeChat numbers and words what CloudBase answers (developers.weixin.qq.com/miniprogram/dev/wxcloud/reference/errcode.html). */
const known: Readonly<Record<string, readonly [errCode: number, meaning: string]>> = {
  SYS_ERR: [-501001, 'resource system error'],
  INVALID_PARAM: [-501007, 'invalid parameters'],
  INVALID_ACTION: [-501021, 'operation not supported'],
  DATABASE_REQUEST_FAILED: [-502001, 'database request fail'],
  DATABASE_INVALID_OPERRATOR: [-502002, 'database invalid command'],
  DATABASE_PERMISSION_DENIED: [-502003, 'database permission denied'],
  DATABASE_COLLECTION_NOT_EXIST: [-502005, 'database collection not exists'],
  STORAGE_REQUEST_FAIL: [-503001, 'storage request fail'],
  STORAGE_EXCEED_AUTHORITY: [-503002, 'storage permission denied'],
  STORAGE_FILE_NONEXIST: [-503003, 'storage file not exists'],
  STORAGE_SIGN_PARAM_INVALID: [-503004, 'storage invalid sign parameter'],
};

/** WeChat's `WX_SYSTEM_NETWORK_ERROR`: the cloud could not be reached. */
const unreachableCode = -601003;

/** A failure as the `fail` callbacks and rejections of `wx.cloud` carry it, without the name of the API. */
export interface Failure {
  readonly errCode: number;
  readonly reason: string;
}

/** @returns What WeChat makes of a code of CloudBase. */
export function statusOf(code: string): { errCode: number; meaning: string } {
  const [errCode, meaning] = known[code] ?? [-501001, 'resource system error'];
  return { errCode, meaning };
}

/** The error of an API of `wx.cloud`: `name:fail reason`. */
export interface CloudError extends Error {
  errCode: number;
  errMsg: string;
}

/** No class: one that extends Error is none any more where the code is compiled to ES5. */
export function cloudError(errCode: number, errMsg: string): CloudError {
  return Object.assign(new Error(errMsg), { errCode, errMsg });
}

/** A failure that CloudBase names by its code. */
export function failureOf(code: string, message: string): Failure {
  const { errCode, meaning } = statusOf(code);
  return { errCode, reason: `${errCode} ${meaning}. ${message}` };
}

/** The local cloud did not answer. */
export function unreachable(url: string, errMsg: string): Failure {
  return {
    errCode: unreachableCode,
    reason: `the local cloud at ${url} does not answer (${errMsg}). Is it running? In WeChat DevTools, 详情 > 本地设置 > 不校验合法域名 must be on.`,
  };
}

/** Carries a {@link Failure} through promises. */
export function failed({ errCode, reason }: Failure): CloudError {
  return cloudError(errCode, reason);
}
