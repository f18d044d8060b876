import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseEnv } from 'node:util';
import { WebSocket } from 'undici';
import * as v from 'valibot';
import { startLocalCloud, type LocalCloud } from 'cloudbase-local';
import { startCloudApi, type CloudApi } from './cloud-api/cloud-api';
import { endTcb, repository, startTcb, tcb, type Options } from './cloud-api/clients';

jest.setTimeout(60_000);

let api: CloudApi;
let folder: string;
let cloud: LocalCloud;
const started: ChildProcess[] = [];

const appSecret = 'appSecretThatSomebodyGave0123456';
const salt = "salt with one ' and # and = in it";
const envFile = () => path.join(folder, 'functions.env');
const gettoken = ['fn', 'run', '--name', 'gettoken', '--params', '{}'];
const options = (): Options => ({
  cwd: repository,
  environment: api.environment,
  envFile: envFile(),
});

beforeAll(async () => {
  api = await startCloudApi();
  folder = await mkdtemp(path.join(tmpdir(), 'token-loop-fn-run-'));
  cloud = await startLocalCloud({
    root: repository,
    dataDir: folder,
    port: 0,
    env: { WX_APP_SECRET: appSecret, TOKEN_SALT: salt },
    log: () => undefined,
  });
});

afterAll(async () => {
  started.forEach(endTcb);
  await cloud.close();
  await api.stop();
  await rm(folder, { recursive: true });
});

const minted = v.object({ code: v.literal(1), token: v.string() });

/** The answer that the CLI prints last. */
function answerIn(output: string): v.InferOutput<typeof minted> {
  const [json = ''] = output.match(/^\{"code":.*\}$/m) ?? [];
  return v.parse(minted, JSON.parse(json));
}

const message = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    method: v.optional(v.string()),
    params: v.optional(
      v.object({
        scriptId: v.optional(v.string()),
        url: v.optional(v.string()),
        callFrames: v.optional(
          v.array(v.object({ location: v.object({ scriptId: v.string() }) })),
          [],
        ),
        hitBreakpoints: v.optional(v.array(v.string()), []),
      }),
      {},
    ),
  }),
);

/**
 * Attaches to a process that waits for a debugger, and lets it run to its end.
 *
 * @param urlRegex - Where a breakpoint is set, on the first line.
 * @returns The URLs of the files in which a breakpoint was hit.
 */
function debug(inspector: string, urlRegex: string): Promise<string[]> {
  const socket = new WebSocket(inspector);
  const scripts = new Map<string | undefined, string>();
  const stops: string[] = [];
  let id = 0;
  const send = (method: string, params: object = {}): void => {
    id += 1;
    socket.send(JSON.stringify({ id, method, params }));
  };
  socket.addEventListener('open', () => {
    send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    send('Debugger.enable');
    send('Debugger.setBreakpointByUrl', { lineNumber: 0, urlRegex });
    send('Runtime.runIfWaitingForDebugger');
  });
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = v.parse(message, data);
    if (method === 'Debugger.scriptParsed') scripts.set(params.scriptId, params.url ?? '');
    if (method === 'NodeRuntime.waitingForDisconnect') socket.close();
    if (method !== 'Debugger.paused') return;
    const [frame] = params.callFrames;
    if (params.hitBreakpoints.length > 0) stops.push(scripts.get(frame?.location.scriptId) ?? '');
    send('Debugger.resume');
  });
  return new Promise((resolve) => {
    socket.addEventListener('close', () => {
      resolve(stops);
    });
  });
}

test('tcb fn run on the built function answers code 1 from the running local cloud', async () => {
  const { output } = await tcb(gettoken, options());

  const { token } = answerIn(output);
  const response = await fetch(`${cloud.url}/invoke/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, limit: 1 }),
  });
  expect(await response.json()).toMatchObject({ result: { code: 1, orders: [{}] } });
  expect(api.calls.every(({ failed }) => failed === undefined)).toBe(true);
  expect(api.changes()).toEqual([]);
});

test('a debugger that attaches to tcb fn run --debug stops at a breakpoint in the function', async () => {
  const child = startTcb([...gettoken, '--debug', '--port', '0'], options());
  started.push(child);
  let output = '';
  const inspector = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const [, port, id] = /ws:\/\/0\.0\.0\.0:(\d+)\/(\S+)/.exec(output) ?? [];
      if (port !== undefined && id !== undefined) resolve(`ws://127.0.0.1:${port}/${id}`);
    });
    child.once('close', () => {
      reject(new Error(output));
    });
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stops = await debug(inspector, 'gettoken/index\\.js$');

  await ended;
  const built = path.join(repository, 'cloudfunctions/gettoken/index.js');
  expect(stops).toEqual([pathToFileURL(built).href]);
  expect(answerIn(output).code).toBe(1);
});

test('the key in the URL of the variables opens the database, another one does not', async () => {
  const { TCB_CONTEXT_CNFG = '' } = parseEnv(await readFile(envFile(), 'utf8'));
  const { URL: url } = v.parse(v.object({ URL: v.string() }), JSON.parse(TCB_CONTEXT_CNFG));
  const ask = async (at: string): Promise<unknown> => {
    const body = JSON.stringify({ action: 'database.addCollection', collectionName: 'orders' });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(at, { method: 'POST', headers, body })).json();
  };

  expect(await ask(url)).toMatchObject({ code: 'DATABASE_COLLECTION_ALREADY_EXIST' });
  const refused = { code: 'SIGN_PARAM_INVALID' };
  expect(await ask(url.replace('secretId=', 'secretId=0'))).toMatchObject(refused);
  expect(await ask(`${cloud.url}/admin?`)).toMatchObject(refused);
});

test('the variables are for the owner alone, hold what was given as it was, and are gone in the end', async () => {
  const { mode } = await stat(envFile());
  if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
  const variables = parseEnv(await readFile(envFile(), 'utf8'));
  expect(variables).toMatchObject({ WX_APP_SECRET: appSecret, TOKEN_SALT: salt });

  await cloud.close();
  await expect(stat(envFile())).rejects.toMatchObject({ code: 'ENOENT' });
});
