/** @returns Whether the header `x-wx-openid` can name a user so. */
export function isOpenid(text: string): boolean {
  return /^[\w-]{1,128}$/.test(text);
}
