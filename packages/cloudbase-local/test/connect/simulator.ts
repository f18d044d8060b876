import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { transformSync } from '@swc/core';

/** Whoever has compiled it says where that is. */
const built = process.env['CONNECT_JS'] ?? path.resolve(__dirname, '../../dist/connect/connect.js');

/** What a mini program requires, as it is packed or as WeChat's compiler may leave it. */
export async function connectCode(form: 'as it is' | 'compiled to ES5'): Promise<string> {
  const code = await readFile(built, 'utf8');
  if (form === 'as it is') return code;
  return transformSync(code, {
    jsc: { target: 'es5', parser: { syntax: 'ecmascript' } },
    isModule: false,
  }).code;
}

interface Callbacks {
  success?: (answer: object) => void;
  fail?: (error: object) => void;
  complete?: (outcome: object) => void;
}

interface HttpOptions extends Callbacks {
  url: string;
  method?: string;
  header?: Record<string, string>;
  data?: string;
  filePath?: string;
  name?: string;
  formData?: Record<string, string>;
}

export interface SimulatorOptions {
  readonly envVersion?: string;
  readonly platform?: string;
  readonly hasDeviceInfo?: boolean;
  /** Whether `wx.cloud` can be defined anew. */
  readonly isOpen?: boolean;
  /** Files of the mini program; a script has what each exports, by the file's name. */
  readonly modules?: readonly string[];
}

/** What stands for WeChat DevTools: its `wx` speaks HTTP, and what runs there has nothing of Node.js or a browser. */
export interface Simulator {
  readonly connect: (options?: { url?: string; openid?: string }) => boolean;
  /** What was written to the console. */
  readonly lines: readonly string[];
  /** Runs a script of the mini program, which has `wx`, and `input`. */
  run(script: string, input?: unknown): Promise<unknown>;
  /** @returns The path of a new file on the phone. */
  newFile(content: string): string;
  close(): void;
}

export function openSimulator(code: string, options: SimulatorOptions = {}): Simulator {
  const { envVersion = 'develop', platform = 'devtools' } = options;
  const { hasDeviceInfo = true, isOpen = true, modules = [] } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'simulator-'));
  const lines: string[] = [];
  let files = 0;
  const newFile = (content: string | Uint8Array): string => {
    const file = path.join(folder, String((files += 1)));
    writeFileSync(file, content);
    return file;
  };

  const answering = (given: HttpOptions, work: () => Promise<object>): { abort(): void } => {
    work().then(
      (answer) => given.success?.(answer),
      (error: unknown) => given.fail?.({ errMsg: `request:fail ${String(error)}` }),
    );
    return { abort: () => undefined };
  };
  const phone = {
    getAccountInfoSync: () => ({ miniProgram: { appId: 'wx1', envVersion } }),
    canIUse: (api: string) => api === 'getDeviceInfo' && hasDeviceInfo,
    getDeviceInfo: () => ({ platform: hasDeviceInfo ? platform : 'unknown' }),
    getSystemInfoSync: () => ({ platform }),
    request: (given: HttpOptions) =>
      answering(given, async () => {
        const { url, method = 'GET', header = {}, data } = given;
        // Where a simulator's requests come from.
        const referer = 'https://servicewechat.com/wx1/devtools/page-frame.html';
        const body = data === undefined ? {} : { body: data };
        const answer = await fetch(url, { method, headers: { ...header, referer }, ...body });
        return { statusCode: answer.status, data: parsed(await answer.text()) };
      }),
    uploadFile: (given: HttpOptions) =>
      Object.assign(
        answering(given, async () => {
          const form = new FormData();
          for (const [name, value] of Object.entries(given.formData ?? {}))
            form.append(name, value);
          form.append(
            given.name ?? '',
            new Blob([await readFile(given.filePath ?? '')]),
            'photo.jpg',
          );
          const answer = await fetch(given.url, { method: 'POST', body: form });
          return { statusCode: answer.status, data: await answer.text() };
        }),
        {
          onProgressUpdate: (tell: (progress: object) => void) => {
            tell({ progress: 100 });
          },
        },
      ),
    downloadFile: (given: HttpOptions) =>
      answering(given, async () => {
        const answer = await fetch(given.url);
        const tempFilePath = newFile(new Uint8Array(await answer.arrayBuffer()));
        return { statusCode: answer.status, tempFilePath };
      }),
  };
  /** WeChat's own: it says that it was called. */
  class RealCloud {
    init(): string {
      return 'WeChat';
    }
    callFunction(): string {
      return 'WeChat';
    }
    callContainer(): string {
      return 'WeChat';
    }
  }
  // As in some base libraries: it cannot be assigned.
  const real = new RealCloud();
  const wx = Object.defineProperty(phone, 'cloud', { get: () => real, configurable: isOpen });

  const write = (...parts: unknown[]): void => {
    lines.push(parts.join(' '));
  };
  const context = vm.createContext({
    wx,
    console: { log: write, info: write, warn: write, error: write },
    setTimeout,
    clearTimeout,
  });
  const load = (source: string): unknown =>
    vm.runInContext(
      `(function () { var module = { exports: {} }, exports = module.exports; ${source}\n; return module.exports; })()`,
      context,
    );
  const exports = load(code) as Pick<Simulator, 'connect'>;
  for (const file of modules) {
    const name = path.basename(file, '.js');
    Object.assign(context, { [name]: load(readFileSync(file, 'utf8')) });
  }
  return {
    connect: (given) => exports.connect(given),
    lines,
    async run(script, input) {
      const main = vm.runInContext(`(async function (input) { ${script} })`, context) as (
        given: unknown,
      ) => Promise<unknown>;
      const text = JSON.stringify(input ?? null);
      const given: unknown = vm.runInContext(`JSON.parse(${JSON.stringify(text)})`, context);
      const result = JSON.stringify((await main(given)) ?? null);
      return JSON.parse(result) as unknown;
    },
    newFile,
    close: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
