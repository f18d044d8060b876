/**
 * What WXS has beside JavaScript: a regular expression and a date are made by functions. And what the templates'
 * scripts call of this document: `guardWxs`, by which a function that throws gives nothing, and harms no page.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/wxs/06datatype.html
 */
export function provideWxs(): void {
  Object.assign(globalThis, {
    getRegExp: (pattern: string, flags?: string) => new RegExp(pattern, flags),
    getDate: (...parts: unknown[]): unknown => Reflect.construct(Date, parts),
    guardWxs: guard,
  });
}

function guard(name: string, exported: unknown): unknown {
  if (typeof exported === 'function')
    return (...values: unknown[]): unknown => {
      try {
        return Reflect.apply(exported, undefined, values);
      } catch (error) {
        console.error(`${name}: WXS`, error);
        return undefined;
      }
    };
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) return exported;
  return Object.fromEntries(
    Object.entries(exported).map(([key, value]) => [
      key,
      typeof value === 'function' ? guard(`${name}.${key}`, value) : (value as unknown),
    ]),
  );
}
