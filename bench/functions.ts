import path from 'node:path';
import * as v from 'valibot';
import { runCommand } from 'cloudbase-local/command';
import { startTestCloud, type TestCloud } from '../test/server/test-cloud';
import { buildStock, measureColdStart, median } from './functions/cold-start';
import { measureWarm } from './functions/warm';

const usage = `Usage: npx tsx bench/functions.ts [--quick]

Measures the built functions on a local cloud: round trips and latency with a slower and slower
database, cold start beside the same function with the SDK from node_modules, calls per second of one
warm instance, and its memory after 10,000 calls.

  --quick     fewer repetitions
  -h, --help  print this
`;

const openid = 'oTokenLoop_XiaoMing_00000001';
const root = path.resolve(__dirname, '..');

interface Row {
  readonly name: string;
  readonly ask: (call: number) => Promise<unknown>;
}

async function latency(cloud: TestCloud, token: string, calls: number): Promise<void> {
  const send = (address: string, headers: Record<string, string>, body: object) =>
    fetch(cloud.url + address, { method: 'POST', headers, body: JSON.stringify(body) });
  const code = async () => {
    const response = await send('/wx/login', { 'x-wx-openid': openid }, {});
    return v.parse(v.object({ code: v.string() }), await response.json());
  };
  // The login code is had before the clock starts: on a phone it is WeChat that gives it.
  const codes = await Promise.all(Array.from({ length: 6 * calls + 12 }, code));
  const rows: Row[] = [
    { name: 'orders', ask: () => cloud.call('orders', { token }, openid) },
    { name: 'orders, nobody named', ask: () => cloud.call('orders', { token }, null) },
    { name: 'orders over HTTP', ask: () => send('/api/orders', { token }, {}) },
    { name: 'gettoken, known user', ask: () => cloud.call('gettoken', {}, openid) },
    { name: 'gettoken with a login code', ask: () => cloud.call('gettoken', codes.pop(), openid) },
    { name: 'gettoken over HTTP', ask: () => send('/api/gettoken', {}, codes.pop() ?? {}) },
    {
      name: 'gettoken, new user',
      ask: (call) => cloud.call('gettoken', {}, `oBench_${Date.now()}_${call}`),
    },
    { name: 'cleartokens, none expired', ask: () => cloud.call('cleartokens', {}, null) },
  ];
  print('\nMedian ms of a call, with so much added to each database request');
  print(columns('', 'round trips', '+0 ms', '+5 ms', '+20 ms'));
  for (const row of rows) {
    const medians: string[] = [];
    let trips = new Set<number>();
    for (const ms of [0, 5, 20]) {
      cloud.proxy.delay(ms);
      await row.ask(-ms);
      cloud.takeLog();
      const times: number[] = [];
      for (let call = 0; call < calls; call += 1) {
        const started = performance.now();
        await row.ask(call);
        times.push(performance.now() - started);
      }
      trips = new Set([...trips, ...cloud.takeLog().map(({ roundTrips }) => roundTrips)]);
      medians.push(median(times).toFixed(1));
    }
    print(columns(row.name, [...trips].join(', '), ...medians));
  }
  cloud.proxy.delay(0);
}

async function coldStart(cloud: TestCloud, token: string, times: number): Promise<void> {
  print(`\nCold start: median ms from process start to first answer, ${times} times in turn`);
  print(columns('', 'empty Node', 'stock SDK', 'built', '(built−empty)/(stock−empty)'));
  let users = 0;
  // A user who logged in once before, in each round another: the usual path, far from every limit.
  const knownUser = async () => {
    users += 1;
    const user = `oBench_Cold_${users}`;
    await cloud.mint(user);
    return user;
  };
  const calls = [
    { name: 'orders', event: { token }, caller: () => Promise.resolve(openid) },
    { name: 'gettoken', event: {}, caller: knownUser },
    { name: 'cleartokens', event: {}, caller: () => Promise.resolve('') },
  ];
  for (const { name, event, caller } of calls) {
    const files = {
      stock: await buildStock(name),
      built: path.join(root, `cloudfunctions/${name}/index.js`),
    };
    const nextCall = async () => ({ event, env: cloud.sdkEnvironment(await caller()) });
    const { empty, stock, built, ratio } = await measureColdStart(files, nextCall, times);
    print(columns(name, ...[empty, stock, built].map((ms) => ms.toFixed(0)), ratio.toFixed(2)));
  }
}

async function warm(cloud: TestCloud, token: string, calls: number): Promise<void> {
  print(`\nOne warm instance, ${calls} calls one after another, and the heap after collections`);
  print(columns('', 'calls/s', 'MB after 1,000', `MB after ${calls}`));
  const file = path.join(root, 'cloudfunctions/orders/index.js');
  const env = cloud.sdkEnvironment(openid);
  const result = await measureWarm(file, { token }, env, calls);
  const megabytes = [result.heapAfter1000, result.heapAtEnd].map((b) => (b / 2 ** 20).toFixed(1));
  print(columns('orders', result.callsPerSecond.toFixed(0), ...megabytes));
}

function columns(first: string, ...rest: string[]): string {
  return first.padEnd(28) + rest.map((text) => text.padStart(16)).join('');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function measureFunctions(quick: boolean): Promise<void> {
  const cloud = await startTestCloud({
    realClock: true,
    localWeChat: true,
    env: { TOKEN_RATE_PER_MINUTE: '1000', TOKEN_MAX_LIVE: '100' },
  });
  try {
    // Each part with a token of its own: the logins of the part before may have pushed the one that it had out.
    const mint = async () => (await cloud.mint(openid)).token;
    await latency(cloud, await mint(), quick ? 5 : 15);
    await coldStart(cloud, await mint(), quick ? 5 : 25);
    await warm(cloud, await mint(), quick ? 2000 : 10_000);
  } finally {
    await cloud.stop();
  }
}

runCommand({
  usage,
  options: { quick: { type: 'boolean', default: false } },
  run: ({ values }) => measureFunctions(values.quick),
});
