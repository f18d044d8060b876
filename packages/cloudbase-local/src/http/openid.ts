import type { Context } from 'hono';

/**
 * Who calls: the user whom the header `x-wx-openid` names, and without one the default.
 *
 * @returns An empty text for nobody; what the header says may be no openid.
 */
export function callerIn(context: Context, defaultOpenid: string | undefined): string {
  return context.req.header('x-wx-openid') ?? defaultOpenid ?? '';
}

/** @returns Whether the header `x-wx-openid` can name a user so. */
export function isOpenid(text: string): boolean {
  return /^[\w-]{1,128}$/.test(text);
}
