/**
 * An object of APIs on which anything that the preview lacks says so by name, instead of `undefined is not a
 * function`. `'name' in wx` still answers truly.
 */
export function withSupportedOnly<Api extends object>(path: string, api: Api): Api {
  return new Proxy(api, {
    get(target, name, receiver): unknown {
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name, receiver);
      return () => {
        throw new Error(`${path}.${name} is not supported by the preview`);
      };
    },
  });
}
