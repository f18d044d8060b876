import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { startLocalCloud } from 'cloudbase-local';
import { wechatSettings } from '../../scripts/start-defaults';
import { startFaultProxy, type FaultProxy } from './fault-proxy';
import { findLeaks } from './leaks';
import { openTestDatabase, type TestDatabase } from './test-database';

/** The built functions on a real local cloud, with a clock, a disturbed database and ears everywhere. */
export interface TestCloud {
  readonly appid: string;
  readonly salt: string;
  readonly url: string;
  readonly proxy: FaultProxy;
  /** Calls a function as a mini program of this user does; `null` for a call WeChat names nobody for. */
  call(name: string, event: unknown, openid: string | null): Promise<Answer>;
  /** Calls a function as the gateway does for an HTTP request, with its event as it is. */
  callHttp(name: string, event: unknown): Promise<v.InferOutput<typeof httpSchema>>;
  /** Calls `gettoken`, expects a token. */
  mint(openid: string, event?: object): Promise<{ token: string; expiresIn: number }>;
  readonly clock: { now(): number; set(ms: number): void; advance(ms: number): void };
  /** What the functions logged, one parsed line for each call, since this was last asked. */
  takeLog(): LogLine[];
  readonly database: TestDatabase;
  /** Searches for leaks, at the end, in what functions answered and logged outside this cloud too. */
  overhear(answers: readonly Answer[], logged: readonly string[]): void;
  /** Ends it and starts it anew on the same data, with these settings in place of those before. */
  restart(env: Readonly<Record<string, string>>): Promise<void>;
  /** The environment of a process of its own in which a function is called by this user. */
  sdkEnvironment(openid: string): Record<string, string>;
  /** A text that no answer and no log may hold. */
  keepSecret(text: string): void;
  /** Ends it and throws when anything leaked into a log or an answer. */
  stop(): Promise<void>;
}

export const answerSchema = v.looseObject({ code: v.number() });
export type Answer = v.InferOutput<typeof answerSchema>;
const httpSchema = v.looseObject({ statusCode: v.number(), body: v.string() });
const mintSchema = v.strictObject({ code: v.literal(1), token: v.string(), expiresIn: v.number() });

const lineSchema = v.strictObject({
  function: v.string(),
  requestId: v.string(),
  code: v.number(),
  ms: v.number(),
  roundTrips: v.number(),
  databaseCalls: v.number(),
  action: v.exactOptional(v.string()),
  user: v.exactOptional(v.string()),
  cause: v.exactOptional(v.string()),
});
export type LogLine = v.InferOutput<typeof lineSchema>;

export interface TestCloudOptions {
  /** The project whose functions run; this one if none is given. */
  readonly root?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Unix ms at which the functions' clock stands still until it is moved. */
  readonly startAt?: number;
  /** Leaves the functions the clock of the machine. */
  readonly realClock?: boolean;
  /** Makes the functions' long timers wait for their clock: no time limit is met before it is moved. */
  readonly timersFollowClock?: boolean;
  /** Lets the functions ask the WeChat that the local cloud plays, as `npm start` does. */
  readonly localWeChat?: boolean;
}

/** Runs a test on a cloud of its own, which is stopped however the test ends. */
export async function withTestCloud(
  options: TestCloudOptions,
  run: (cloud: TestCloud) => Promise<void>,
): Promise<void> {
  const cloud = await startTestCloud(options);
  try {
    await run(cloud);
  } finally {
    await cloud.stop();
  }
}

const thisProject = path.resolve(__dirname, '../..');
const appid = 'wx0123456789abcdef';
const salt = 'salt-of-the-tests-0123456789';
const secretId = 'secret-id-of-the-tests';

export async function startTestCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const {
    root = thisProject,
    env = {},
    startAt = Date.UTC(2026, 9, 20),
    timersFollowClock = false,
    realClock = false,
    localWeChat = false,
  } = options;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
  const clockFile = path.join(dataDir, 'clock');
  let now = startAt;
  const setClock = (ms: number) => {
    now = ms;
    writeFileSync(clockFile, String(ms));
  };
  setClock(startAt);
  const proxy = await startFaultProxy();
  const logged: string[] = [];
  const answered: string[] = [];
  const secrets = new Set([salt]);
  let unread = 0;
  const start = async (given: Readonly<Record<string, string>>) => {
    for (const text of Object.values(given)) if (text.length >= 16) secrets.add(text);
    const known = { TOKEN_SALT: salt, WX_APPID: appid, ENV_ID: 'test-1' };
    const started = await startLocalCloud({
      root,
      dataDir: path.join(dataDir, 'cloud'),
      port: 0,
      ...(localWeChat ? { localSettings: wechatSettings } : {}),
      env: { ...known, LOCAL_SECRET_ID: secretId, ...given },
      functionEnv: {
        ...given,
        NODE_OPTIONS: `--import ${pathToFileURL(path.join(__dirname, 'clock.mjs')).href}`,
        ...(realClock ? {} : { CLOCK_FILE: clockFile }),
        ...(timersFollowClock ? { TIMERS_FOLLOW_CLOCK: '1' } : {}),
        TCB_CONTEXT_CNFG: JSON.stringify({ URL: `${proxy.url}/admin?` }),
      },
      log: (line) => logged.push(line),
    });
    proxy.forwardTo(started.url);
    return started;
  };
  let cloud = await start(env);

  const overhear = ({ token, ...rest }: Answer) => {
    if (typeof token === 'string') secrets.add(token);
    answered.push(JSON.stringify(rest));
  };
  const invoke = async (name: string, event: unknown, openid: string | null) => {
    const response = await fetch(`${cloud.url}/invoke/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-wx-openid': openid ?? '' },
      body: JSON.stringify(event),
    });
    return v.parse(v.object({ result: v.unknown() }), await response.json()).result;
  };
  const call = async (name: string, event: unknown, openid: string | null): Promise<Answer> => {
    if (openid !== null) secrets.add(openid);
    const result = v.parse(answerSchema, await invoke(name, event, openid));
    overhear(result);
    return result;
  };
  return {
    appid,
    salt: env['TOKEN_SALT'] ?? salt,
    get url() {
      return cloud.url;
    },
    proxy,
    call,
    callHttp: async (name, event) => v.parse(httpSchema, await invoke(name, event, null)),
    mint: async (openid, event = {}) => v.parse(mintSchema, await call('gettoken', event, openid)),
    clock: {
      now: () => now,
      set: setClock,
      advance: (ms) => {
        setClock(now + ms);
      },
    },
    takeLog: () => {
      const lines = logged.slice(unread).flatMap((line) => line.match(/\{.*\}/) ?? []);
      unread = logged.length;
      return lines.map((line) => v.parse(lineSchema, JSON.parse(line)));
    },
    overhear: (answers, lines) => {
      answers.forEach(overhear);
      logged.push(...lines);
    },
    get database() {
      return openTestDatabase(cloud.url, secretId);
    },
    restart: async (given) => {
      await cloud.close();
      cloud = await start(given);
    },
    sdkEnvironment: (openid) => ({
      ...env,
      TOKEN_SALT: salt,
      TENCENTCLOUD_RUNENV: 'SCF',
      TENCENTCLOUD_REGION: 'ap-shanghai',
      TENCENTCLOUD_SECRETID: secretId,
      TENCENTCLOUD_SECRETKEY: 'secret-key-of-the-tests',
      SCF_NAMESPACE: 'test-1',
      TCB_ENV: 'test-1',
      TCB_CONTEXT_KEYS: 'TCB_CONTEXT_CNFG',
      TCB_CONTEXT_CNFG: JSON.stringify({ URL: `${cloud.url}/admin?` }),
      WX_CONTEXT_KEYS: 'WX_OPENID,WX_APPID',
      WX_OPENID: openid,
      WX_APPID: appid,
    }),
    keepSecret: (text) => secrets.add(text),
    stop: async () => {
      await cloud.close();
      await proxy.stop();
      rmSync(dataDir, { recursive: true });
      const leaks = findLeaks([...logged, ...answered], secrets);
      if (leaks.length > 0) throw new Error(`Leaked:\n${leaks.join('\n')}`);
    },
  };
}
