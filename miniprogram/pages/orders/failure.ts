import { isSessionError, type FailureAnswer } from '../../session/errors';

/** What went wrong, and what the user can do about it. */
export interface Failure {
  heading: string;
  detail: string;
}

/**
 * Puts a failed call into words for the person who holds the phone. What the cloud says is not
 * repeated: it is written for developers. Its numbers are, since support can look them up.
 *
 * @param error - whatever `session.call` rejected with
 */
export function describeFailure(error: unknown): Failure {
  if (!isSessionError(error)) {
    return { heading: '出了点意外', detail: '请重试；若一直如此，请退出小程序后重新打开。' };
  }
  switch (error.code) {
    case 'ANSWERED':
      return describeAnswer(error.answer);
    case 'CALL_FAILED':
      return {
        heading: '没有收到云端的应答',
        detail: `请检查网络后重试。${wechatCode(error.cause)}`,
      };
    case 'TIMED_OUT':
      return { heading: '等待超时', detail: '网络可能不稳定，请重试。' };
    case 'REFRESH_FAILED': {
      const { heading, detail } = describeFailure(error.cause);
      return { heading: '登录没有成功', detail: `${heading}，${detail}` };
    }
    case 'REFUSED':
      return {
        heading: '登录状态无法恢复',
        detail: '请重试；若一直如此，请退出小程序后重新打开。',
      };
    case 'CANCELLED':
    case 'CLEARED':
      return { heading: '请求已取消', detail: '请重试。' };
  }
}

function describeAnswer({ code, requestId, retryAfter }: FailureAnswer): Failure {
  switch (code) {
    case 400:
      return { heading: '请求没有被接受', detail: '小程序可能有新版本，请退出后重新打开。' };
    case 401:
      return { heading: '没有识别到微信身份', detail: '请在微信里重新打开小程序。' };
    case 429:
      return {
        heading: '请求过于频繁',
        detail: retryAfter === undefined ? '请稍后再试。' : `请等 ${retryAfter} 秒再试。`,
      };
    case 500:
      return {
        heading: '云端出了点问题',
        detail: requestId
          ? `请稍后重试；若一直如此，请把编号 ${requestId} 告诉客服。`
          : '请稍后重试。',
      };
    default:
      return { heading: '云端的应答无法识别', detail: `请稍后重试。（代码 ${code}）` };
  }
}

/** The number that `wx.cloud` gives its failures, which tells a missing function from a dead line. */
function wechatCode(cause: unknown): string {
  const numbered = typeof cause === 'object' && cause !== null && 'errCode' in cause;
  return numbered && typeof cause.errCode === 'number' ? `（错误码 ${cause.errCode}）` : '';
}
