import { showUnsupported } from '../overlay';
import { settle, WxError } from './callback';

/** The preview has no such API; it was said already. */
export class UnsupportedError extends WxError {}

/** Their answers are used at once: a promise in their place would only fail later, and without a name. */
const answersAtOnce = /^(?:create|database$|getFileSystemManager)|Manager$|Sync$/;
const listens = /^(?:on|off)[A-Z]/;

/**
 * An object of APIs on which anything that the preview lacks says so by name, on the page and in the console, and
 * fails as an API of WeChat fails: through `fail`, or by a rejection. `'name' in wx` still answers truly.
 */
export function withSupportedOnly<Api extends object>(path: string, api: Api): Api {
  return new Proxy(api, {
    get(target, name, receiver): unknown {
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name, receiver);
      return (options: unknown) => refuse(path, name, options);
    },
  });
}

function refuse(path: string, name: string, options: unknown): unknown {
  const reason = `${path}.${name} is not supported by the preview; use WeChat DevTools`;
  console.error(reason);
  if (listens.test(name)) return undefined;
  showUnsupported(`${path}.${name}`);
  if (answersAtOnce.test(name)) throw new Error(reason);
  return settle(options, Promise.reject(new UnsupportedError(`${name}:fail ${reason}`)));
}
