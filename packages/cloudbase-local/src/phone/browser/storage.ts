import * as v from 'valibot';

const PREFIX = 'mini-program';
const entrySchema = v.object({ data: v.unknown() });

/** What one user's phone keeps. Everything lives in the browser's localStorage, under a prefix for each user. */
export interface PhoneStorage {
  keys(): string[];
  /** The value, or undefined where there is none. */
  get(key: string): unknown;
  /** @throws {Error} when the value cannot be written as JSON, or the browser's storage is full */
  set(key: string, data: unknown): void;
  remove(key: string): void;
  clear(): void;
}

/** The storage of the phone that `openid` holds. */
export function phoneStorage(openid: string): PhoneStorage {
  const prefix = `${PREFIX}/${openid}/`;
  const keys = (): string[] =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  const remove = (key: string): void => {
    localStorage.removeItem(prefix + key);
  };
  return {
    keys,
    get(key) {
      const text = localStorage.getItem(prefix + key);
      return text === null ? undefined : parseEntry(text);
    },
    set(key, data) {
      localStorage.setItem(prefix + key, JSON.stringify({ data }));
    },
    remove,
    clear() {
      keys().forEach(remove);
    },
  };
}

/** Whatever else wrote there: what cannot be read counts as absent. */
function parseEntry(text: string): unknown {
  try {
    return v.parse(entrySchema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
