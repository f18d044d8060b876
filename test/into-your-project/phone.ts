import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from '@swc/core';
import * as v from 'valibot';

/** A page of a mini program that runs on a phone of this test. */
export interface Page {
  readonly data: Readonly<Record<string, unknown>>;
  /** Calls a method of the page, such as `onLoad`. */
  run(method: string): Promise<void>;
}

/** The mini program's scripts, by their paths in it, without `.js`. */
export type Scripts = (file: string) => string | undefined;

/**
 * The scripts in the folder of a mini program, as DevTools finds them: TypeScript is compiled, and a package is the folder that
 * `miniprogram` of its package.json names, in the `node_modules` of one of `installed`.
 */
export function scriptsIn(folder: string, installed: readonly string[]): Scripts {
  return (file) => {
    const name = /^miniprogram_npm\/([^/]+)\/(.+)$/.exec(file);
    if (name !== null) return packed(installed, name[1] ?? '', name[2] ?? '');
    if (existsSync(path.join(folder, `${file}.js`))) {
      return readFileSync(path.join(folder, `${file}.js`), 'utf8');
    }
    const source = path.join(folder, `${file}.ts`);
    if (!existsSync(source)) return undefined;
    return transformSync(readFileSync(source, 'utf8'), {
      filename: source,
      swcrc: false,
      jsc: { parser: { syntax: 'typescript' }, target: 'es2017' },
      module: { type: 'commonjs' },
    }).code;
  };
}

function packed(installed: readonly string[], name: string, file: string): string | undefined {
  const home = installed
    .map((folder) => path.join(folder, 'node_modules', name))
    .find((folder) => existsSync(folder));
  if (home === undefined) return undefined;
  const { miniprogram } = v.parse(
    v.object({ miniprogram: v.string() }),
    JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8')),
  );
  return readFileSync(path.join(home, miniprogram, `${file}.js`), 'utf8');
}

/** Starts the mini program and opens a page of it, on a phone with this `wx`. */
export function openPage(scripts: Scripts, page: string, wx: object): Page {
  const modules = new Map<string, { exports: unknown }>();
  let options: Record<string, unknown> = {};
  const globals = {
    wx,
    setTimeout,
    clearTimeout,
    App: (app: { onLaunch?: () => void }) => app.onLaunch?.(),
    Page: (given: Record<string, unknown>) => (options = given),
  };
  const load = (file: string): unknown => {
    const known = modules.get(file);
    if (known) return known.exports;
    const code = scripts(file);
    if (code === undefined) throw new Error(`module '${file}' is not defined`);
    const module = { exports: {} };
    modules.set(file, module);
    const require = (target: string) => load(resolve(file, target, scripts));
    const names = ['require', 'module', 'exports', ...Object.keys(globals)];
    // As the phone runs it: a function around the file, with what a page may use.
    const run: unknown = Reflect.construct(Function, [...names, code]);
    if (typeof run !== 'function') throw new Error('no function');
    Reflect.apply(run, undefined, [require, module, module.exports, ...Object.values(globals)]);
    return module.exports;
  };
  load('app');
  load(page);
  const data: Record<string, unknown> = {
    ...v.parse(v.record(v.string(), v.unknown()), options['data']),
  };
  const instance = { ...options, data, setData: (change: object) => Object.assign(data, change) };
  return {
    data,
    async run(method) {
      const run: unknown = Reflect.get(instance, method);
      if (typeof run !== 'function') throw new Error(`The page has no ${method}`);
      await Reflect.apply(run, instance, []);
    },
  };
}

function resolve(from: string, target: string, scripts: Scripts): string {
  const base = target.startsWith('.')
    ? path.posix.join(path.posix.dirname(from), target)
    : `miniprogram_npm/${target}`;
  const file = base.replace(/\.js$/, '');
  return scripts(file) === undefined ? `${file}/index` : file;
}

export interface Phone {
  readonly wx: {
    cloud: { callFunction: (call: { name: string; data: object }) => Promise<object> };
  };
  /** The names of the functions that were called since this was asked last. */
  readonly takeCalled: () => string[];
}

/** What WeChat gives to a mini program, with the functions of a local cloud, called by this user. */
export function phoneOf(url: string, openid: string, storage: Map<string, unknown>): Phone {
  const called: string[] = [];
  const callFunction = async ({ name, data }: { name: string; data: object }): Promise<object> => {
    called.push(name);
    const response = await fetch(`${url}/invoke/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-wx-openid': openid },
      body: JSON.stringify(data),
    });
    const answer = v.parse(v.record(v.string(), v.unknown()), await response.json());
    if ('errCode' in answer) throw Object.assign(new Error(String(answer['errMsg'])), answer);
    return answer;
  };
  const wx = {
    cloud: { init: () => undefined, callFunction },
    getStorageSync: (key: string): unknown => storage.get(key) ?? '',
    setStorageSync: (key: string, value: unknown) => void storage.set(key, value),
  };
  const takeCalled = () => called.splice(0);
  return { wx, takeCalled };
}
