import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createContext, runInContext, type Context } from 'node:vm';
import { transformSync } from '@swc/core';
import type { session as boundSession } from '../../miniprogram/session/index';

/*
 * The floor is base library 2.2.3, the first with `wx.cloud`. It promises ES2015 and no more: what
 * came later (`Promise.prototype.finally`: 2.16.1) is there on some phones only.
 */

const root = path.resolve(__dirname, '../../miniprogram');

/** As DevTools compiles it: types stripped, ES5, CommonJS. */
function compile(file: string): string {
  const { code } = transformSync(readFileSync(path.join(root, file), 'utf8'), {
    filename: file,
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es5' },
    module: { type: 'commonjs' },
  });
  return code;
}

/** What JavaScript got after ES2015, as far as the compiled code could meet it. */
const later = `
  delete Promise.prototype.finally;
  for (const name of ['allSettled', 'any', 'try', 'withResolvers']) delete Promise[name];
  for (const name of ['values', 'entries', 'fromEntries', 'getOwnPropertyDescriptors', 'hasOwn', 'groupBy'])
    delete Object[name];
  for (const name of ['includes', 'flat', 'flatMap', 'at', 'findLast', 'findLastIndex', 'toSorted', 'with'])
    delete Array.prototype[name];
  for (const name of ['padStart', 'padEnd', 'trimStart', 'trimEnd', 'matchAll', 'replaceAll', 'at'])
    delete String.prototype[name];
  for (const name of ['asyncIterator', 'matchAll']) delete Symbol[name];
  for (const name of ['WeakRef', 'FinalizationRegistry', 'AggregateError', 'BigInt', 'globalThis', 'Proxy'])
    delete this[name];
`;

/** Loads the compiled session, its binding included, on a phone that has nothing later than ES2015. */
function load(wx: object, timers: (() => void)[]): typeof boundSession {
  let loaded: typeof boundSession | undefined;
  const context: Context = createContext({
    wx,
    setTimeout: (run: () => void) => timers.push(run),
    clearTimeout: () => undefined,
    source: (name: string) => compile(path.join('session', `${name}.ts`)),
    receive: (session: typeof boundSession) => {
      loaded = session;
    },
  });
  runInContext(later, context);
  runInContext(
    `var modules = {};
     function require(name) {
       if (!modules[name]) {
         modules[name] = {};
         new Function('require', 'exports', 'module', source(name))(require, modules[name], {});
       }
       return modules[name];
     }
     receive(require('./index').session);`,
    context,
  );
  if (!loaded) throw new Error('nothing was loaded');
  return loaded;
}

test('the compiled session turns the whole loop on the oldest base library with wx.cloud', async () => {
  const sent: string[] = [];
  const codes = [903, 1, 1];
  const storage = new Map<string, unknown>();
  const session = load(
    {
      cloud: {
        callFunction: ({ name }: { name: string }) => {
          sent.push(name);
          const result =
            name === 'gettoken'
              ? { code: 1, token: 'token-1', expiresIn: 7200 }
              : { code: codes.shift(), orders: [{ id: '1', title: '苹果', time: 1 }] };
          return Promise.resolve({ result });
        },
      },
      login: ({ complete }: { complete: (result: object) => void }) => {
        complete({ code: 'login-code' });
      },
      getStorageSync: () => ({ token: 'token-0', expiresIn: 7200, seenAt: Date.now() }),
      setStorageSync: (key: string, value: unknown) => storage.set(key, value),
    },
    [],
  );
  const cancelled = new Promise(() => undefined);
  await expect(session.call('orders', {}, { cancelled })).resolves.toMatchObject({ code: 1 });
  await expect(session.call('orders', {})).resolves.toMatchObject({ code: 1 });
  await session.clear();
  await turn();
  expect(sent).toEqual(['orders', 'gettoken', 'orders', 'orders', 'gettoken']);
});

test('the type check of the mini program knows nothing that came after ES2015', () => {
  const config: unknown = JSON.parse(readFileSync(path.join(root, 'tsconfig.json'), 'utf8'));
  expect(config).toHaveProperty('compilerOptions.lib', ['ES2015']);
});
