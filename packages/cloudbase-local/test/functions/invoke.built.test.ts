import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import {
  gone,
  invoke,
  makeProject,
  startTestCloud,
  textWith,
  writeFunction,
  type TestFunction,
} from '../project';

const sdk = `const cloud = require('wx-server-sdk'); cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });`;

const functions: Record<string, TestFunction> = {
  echo: {
    code: `${sdk} exports.main = (event, context) =>
      ({ event, context, wx: cloud.getWXContext(), variables: Object.keys(process.env) })`,
    memorySize: 128,
    timeout: 3,
    envVariables: { GREETING: 'hello {{env.WHO}}', EMPTY: '{{env.NOBODY_GAVE}}' },
  },
  whoami: {
    code: `${sdk} exports.main = async ({ turns }) => {
      const seen = [];
      for (let i = 0; i < turns; i += 1) {
        seen.push(cloud.getWXContext().OPENID ?? null);
        await new Promise((resolve) => setImmediate(resolve));
      }
      return { seen, left: (await new Promise((resolve) => resolve(process.env.WX_OPENID))) ?? null };
    }`,
  },
  hang: { code: 'exports.main = () => new Promise(() => {})', timeout: 1 },
  spin: { code: 'exports.main = () => { for (;;); }', timeout: 1 },
  throwing: {
    code: `exports.main = ({ what }) => { throw what === 'text' ? 'a text' : new TypeError('no such thing') }`,
  },
  broken: { code: 'exports.main = (' },
  needy: { code: `require('./not-there'); exports.main = () => 1` },
  headless: { code: 'exports.other = () => 1' },
  quitting: { code: `exports.main = () => { console.log('last words'); process.exit(3) }` },
  unhandled: {
    code: `exports.main = () => { Promise.reject(new Error('lost')); return new Promise(() => {}) }`,
  },
  hungry: {
    code: `exports.main = () => { const all = []; for (;;) all.push(new Array(10000).fill(all.length + 0.5)) }`,
    memorySize: 64,
    timeout: 30,
  },
  buffers: {
    code: `exports.main = async () => {
      for (const all = [];;) {
        all.push(Buffer.alloc(10_000_000, 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }`,
    memorySize: 64,
    timeout: 30,
  },
  forged: {
    code: `exports.main = (event, { request_id: id }) => {
      process.send({ type: 'result', id, json: '{' });
      return new Promise(() => {});
    }`,
  },
  endless: {
    code: `const write = (text) => new Promise((resolve) => process.stdout.write(text, resolve));
      exports.main = async () => { for (let n = 0; n < 200; n += 1) await write('x'.repeat(1e6)); return 1 }`,
    timeout: 60,
  },
  babbling: {
    code: `exports.main = () => { for (let n = 0; n < 5000; n += 1) console.log('y'.repeat(1000)); return 1 }`,
  },
  cyclic: { code: 'exports.main = () => { const a = {}; a.a = a; return a }' },
  silent: { code: 'exports.main = () => undefined' },
  talking: {
    code: `exports.main = async ({ n }) => {
      console.log('first ' + n + '\\n\\nthird'); console.error('wrong ' + n); process.stdout.write('no newline'); return 1 }`,
  },
  ending: {
    code: 'exports.main = ({ end }) => { if (end) setImmediate(() => process.exit(1)); return process.pid }',
  },
  process: { code: 'exports.main = () => process.pid' },
  chatty: {
    code: `exports.main = () => { process.send({ type: 'result' }); process.send('x'); return 2 }`,
  },
  caller: {
    code: `${sdk} exports.main = ({ name }) => cloud.callFunction({ name, data: { a: 1 } })
      .then((answer) => answer, (error) => ({ errCode: error.errCode, message: error.message }))`,
  },
  every_second: {
    code: `exports.main = (event) => { console.log('timer ' + event.Type + ' ' + event.TriggerName) }`,
    triggers: [{ name: 'often', type: 'timer', config: '* * * * * * *' }],
  },
};

const log: string[] = [];
let lineCame = (): void => undefined;
let root: string;
let cloud: LocalCloud;

beforeAll(async () => {
  root = makeProject({ functions, users: [{ openid: 'oFirst', nickname: '一' }] });
  cloud = await startTestCloud(root, {
    env: { WHO: 'world', WX_APPID: 'wx123' },
    functionEnv: { LAID_OVER: 'yes' },
    log: (line) => {
      log.push(line);
      lineCame();
    },
  });
});

afterAll(() => cloud.close());

/** Waits until the log has a line like this. */
function logged(pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = log.find((line) => pattern.test(line));
      if (found !== undefined) resolve(found);
    };
    lineCame = look;
    look();
  });
}

interface Echo {
  event: unknown;
  context: Record<string, unknown>;
  wx: Record<string, unknown>;
  variables: string[];
}

async function echo(event: unknown, headers?: Record<string, string>): Promise<Echo> {
  return (await invoke(cloud, 'echo', event, headers)).result as Echo;
}

async function lines(requestId: string): Promise<string[]> {
  const response = await fetch(`${cloud.url}/logs/${requestId}`);
  return ((await response.json()) as { lines: string[] }).lines;
}

/** A request with headers that fetch does not let a caller set. */
function raw(
  headers: Record<string, string>,
  body: string,
  path = '/invoke/echo',
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${cloud.url}${path}`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode, text });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('A call', () => {
  test('gives the function the event, the context and the caller, as the cloud does', async () => {
    const answer = await invoke(cloud, 'echo', { a: [1] }, { 'x-wx-openid': 'oMe' });
    const { event, context, wx } = answer.result as Echo;
    expect(event).toEqual({ a: [1], userInfo: { appId: 'wx123', openId: 'oMe' } });
    expect(wx).toMatchObject({ OPENID: 'oMe', APPID: 'wx123', SOURCE: 'wx_client' });
    expect(context).toMatchObject({
      request_id: answer.requestId,
      function_name: 'echo',
      memory_limit_in_mb: 128,
      time_limit_in_ms: 3000,
    });
  });

  test('is made by the first sample user where no header says otherwise', async () => {
    expect((await echo({})).wx).toMatchObject({ OPENID: 'oFirst' });
  });

  test('with an empty identity header has no WeChat identity', async () => {
    const { wx, event } = await echo({ a: 1 }, { 'x-wx-openid': '' });
    expect(wx).not.toHaveProperty('OPENID');
    expect(event).toEqual({ a: 1 });
  });

  test('sees the settings of its function, and nothing of the developer', async () => {
    const { variables } = await echo({});
    expect(variables).toEqual(expect.arrayContaining(['GREETING', 'LAID_OVER', 'TCB_ENV']));
    for (const name of ['EMPTY', 'JEST_WORKER_ID', 'NODE_CHANNEL_FD']) {
      expect(variables).not.toContain(name);
    }
  });

  test('without a result answers null', async () => {
    expect(await invoke(cloud, 'silent')).toMatchObject({ status: 200, result: null });
  });

  test('of any JSON value reaches the function as it is', async () => {
    expect((await echo('[1,"二"]')).event).toEqual([1, '二']);
    expect((await echo('')).event).toMatchObject({});
  });

  test('60 at once of different users never see each other', async () => {
    const users = Array.from({ length: 60 }, (_, n) => `oUser${String(n)}`);
    const seen = await Promise.all(
      users.map(async (openid) => {
        const headers = { 'x-wx-openid': openid };
        return (await invoke(cloud, 'whoami', { turns: 20 }, headers)).result;
      }),
    );
    expect(seen).toEqual(users.map((openid) => ({ seen: Array(20).fill(openid), left: openid })));
    const stranger = await invoke(cloud, 'whoami', { turns: 2 }, { 'x-wx-openid': '' });
    expect(stranger.result).toEqual({ seen: [null, null], left: null });
  });

  test('after another uses the same warm instance, until the function is built again', async () => {
    const first = (await invoke(cloud, 'process')).result;
    expect((await invoke(cloud, 'process')).result).toBe(first);
    writeFunction(root, 'process', `exports.main = () => 'built again'`);
    expect((await invoke(cloud, 'process')).result).toBe('built again');
  });

  test('after a file was changed that the function requires runs the new one', async () => {
    const file = path.join(root, 'cloudfunctions', 'process', 'lib', 'text.js');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFunction(root, 'process', `exports.main = () => require('./lib/text')`);
    for (const text of ['one', 'another']) {
      writeFileSync(file, `module.exports = '${text}'`);
      expect((await invoke(cloud, 'process')).result).toBe(text);
    }
  });

  test('keeps its log lines, in order and apart from those of other calls', async () => {
    const [one, two] = await Promise.all([
      invoke(cloud, 'talking', { n: 1 }),
      invoke(cloud, 'talking', { n: 2 }),
    ]);
    const [first, second] = await Promise.all([lines(one.requestId), lines(two.requestId)]);
    expect(first.filter((line) => line !== 'wrong 1')).toEqual([
      'first 1',
      '',
      'third',
      'no newline',
      textWith(/^answered in \d+ ms \(/),
    ]);
    expect(first).toContain('wrong 1');
    expect(second).toContain('first 2');
    expect(log).toContainEqual(textWith(`talking ${one.requestId.slice(0, 8)} | first 1`));
  });

  test('prints one line that names the function, the request and the outcome, and no user', async () => {
    const { requestId } = await invoke(cloud, 'silent', {}, { 'x-wx-openid': 'oSecret' });
    const own = log.filter((line) => line.includes(requestId));
    expect(own).toEqual([textWith(/^\d\d:\d\d:\d\d silent answered in \d+ ms \(built [^)]+\)$/)]);
    expect(log.join('\n')).not.toContain('oSecret');
  });

  test('that was never made has no log', async () => {
    expect((await fetch(`${cloud.url}/logs/nothing`)).status).toBe(404);
  });
});

describe('A call that fails', () => {
  const where = (name: string): string => path.join(root, 'cloudfunctions', name);

  test.each([
    ['hang', {}, -504003, 'Invoking task timed out after 1 seconds'],
    ['spin', {}, -504003, 'Invoking task timed out after 1 seconds'],
    ['throwing', {}, -504002, 'TypeError: no such thing'],
    ['throwing', { what: 'text' }, -504002, 'a text'],
    ['broken', {}, -504002, 'cannot be loaded: SyntaxError'],
    ['needy', {}, -504002, "cannot be loaded: Error: Cannot find module './not-there'"],
    ['headless', {}, -504002, 'exports no function called main'],
    ['quitting', {}, -504002, 'exit code 3'],
    ['unhandled', {}, -504002, 'exit code 1'],
    ['hungry', {}, -504002, 'memory limit is 64 MB'],
    ['buffers', {}, -504002, 'memory limit is 64 MB'],
    ['cyclic', {}, -504002, 'the result cannot be written as JSON'],
    ['forged', {}, -504002, 'a result that is not JSON'],
  ])(
    '%s %j answers %d and names the function and its file',
    async (name, event, code, message) => {
      const answer = await invoke(cloud, name, event);
      expect(answer).toEqual({
        status: 200,
        errCode: code,
        errMsg: textWith(message),
        requestId: textWith(/./),
      });
      expect(answer.errMsg).toContain(where(name));
      expect(answer.errMsg).not.toContain('\n');
      expect(await lines(answer.requestId)).toContainEqual(textWith('failed'));
    },
    30_000,
  );

  test('leaves what it printed in the log', async () => {
    const { requestId } = await invoke(cloud, 'quitting');
    expect(await lines(requestId)).toContain('last words');
  });

  test('leaves the stack of an exception in the log, and the instance alive', async () => {
    const { requestId } = await invoke(cloud, 'throwing');
    expect((await lines(requestId)).join('\n')).toMatch(/TypeError: no such thing\s+at /);
  });

  test('of an unknown function says where functions were looked for', async () => {
    const answer = await invoke(cloud, 'nobody');
    expect(answer.errCode).toBe(-501000);
    expect(answer.errMsg).toMatch(/nobody.*cloudfunctions/);
  });

  test('is not caused by an instance that ended after its last call', async () => {
    const pid = (await invoke(cloud, 'ending', { end: true })).result as number;
    await gone(pid);
    expect((await invoke(cloud, 'ending')).result).not.toBe(pid);
  });

  test('is not caused by a line without an end, of which the log has the beginning', async () => {
    const before = process.memoryUsage().rss;
    const { result, requestId } = await invoke(cloud, 'endless');
    expect(result).toBe(1);
    expect((await lines(requestId))[0]).toMatch(/^x{2000}$/);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test('is not caused by more output than anybody reads, of which the rest is not shown', async () => {
    log.length = 0;
    const { result } = await invoke(cloud, 'babbling');
    expect(result).toBe(1);
    const printed = log.filter((line) => line.includes('babbling'));
    expect(printed).toContainEqual(textWith('what else it prints is not shown'));
    expect(printed.length).toBeLessThan(2100);
  });

  test('is not caused by a message that the function sends to its host', async () => {
    expect((await invoke(cloud, 'chatty')).result).toBe(2);
  });
});

describe('A function that calls a function', () => {
  test('gets its result, and the called one is told of no user', async () => {
    const { result } = await invoke(cloud, 'caller', { name: 'echo' });
    const { result: nested } = result as { result: Echo };
    expect(nested.event).toEqual({ a: 1 });
    expect(nested.wx).not.toHaveProperty('OPENID');
    expect(nested.wx['SOURCE']).toBe('wx_client,scf');
  });

  test.each([
    ['throwing', 'no such thing'],
    ['nobody', 'FunctionName parameter could not be found'],
  ])('hears how %s failed', async (name, message) => {
    const { result } = await invoke(cloud, 'caller', { name });
    // The SDK keeps the message and makes the code of every such failure -1.
    expect(result).toEqual({ errCode: -1, message: textWith(message) });
  });
});

describe('A request that is no call', () => {
  const json = { 'content-type': 'application/json' };

  test.each([
    ['malformed JSON', json, '{"a":', 400],
    ['a body over the limit', json, JSON.stringify({ a: 'x'.repeat(1024 * 1024) }), 413],
    ['another content type', { 'content-type': 'text/plain' }, '{}', 415],
    ['no content type', {}, '{}', 415],
    ['an event nested too deeply', json, `{"a":${'['.repeat(9e4)}${']'.repeat(9e4)}}`, 400],
    ['an identity that is none', { ...json, 'x-wx-openid': 'a,b' }, '{}', 400],
  ])('%s is refused in the shape of a failed call', async (_, headers, body, status) => {
    const answer = await raw(headers, body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      errCode: -501007,
      errMsg: textWith('cloud.callFunction:fail'),
      requestId: '',
    });
  });

  test('for a foreign host name is refused', async () => {
    const headers = { ...json, host: 'evil.example' };
    expect((await raw(headers, '{}')).status).toBe(403);
    expect((await raw({ ...json, host: `localhost:${String(cloud.port)}` }, '{}')).status).toBe(
      200,
    );
  });

  test('to the database without the secret of a function is refused', async () => {
    const body = JSON.stringify({ action: 'database.getDocument', collectionName: 'x' });
    const answer = await raw({ ...json, authorization: 'Credential=guess/' }, body, '/admin');
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'SIGN_PARAM_INVALID' });
  });
});

test('A timer trigger calls its function with the event of a timer', async () => {
  expect(await logged(/timer Timer often/)).toContain(' every_second ');
});
