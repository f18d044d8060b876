import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import { createSession, type CallOptions } from '../../miniprogram/session/session';

const orders = { code: 1, orders: [] };
const token = { code: 1, token: 'token-1', expiresIn: 7200 };

const transport = (name: string): Promise<unknown> =>
  Promise.resolve(name === 'gettoken' ? token : orders);

function launch(): () => Promise<unknown> {
  const { call } = createSession<BusinessFunctions>(
    {
      transport,
      storage: { load: () => undefined, save: () => undefined },
      clock: {
        now: () => Date.now(),
        after(ms, run) {
          const timer = setTimeout(run, ms);
          return () => {
            clearTimeout(timer);
          };
        },
      },
    },
    readSuccess,
  );
  const options: CallOptions = { cancelled: new Promise(() => undefined) };
  let calls = 0;
  // Every other call shares a promise for `cancelled`, as those of a page do.
  return () => call('orders', { limit: 20 }, (calls += 1) % 2 === 0 ? options : {});
}

async function repeat(times: number, run: () => Promise<unknown>): Promise<void> {
  for (let done = 0; done < times; done += 1) await run();
}

async function microsecondsOf(run: () => Promise<unknown>): Promise<number> {
  const times = 100_000;
  await repeat(times / 10, run);
  const from = performance.now();
  await repeat(times, run);
  return ((performance.now() - from) / times) * 1000;
}

/** Microseconds that a call takes beyond its transport. */
export async function measureOverhead(): Promise<number> {
  const bare = await microsecondsOf(() => transport('orders'));
  return (await microsecondsOf(launch())) - bare;
}

/** Bytes of heap that stay for each of `calls` calls. */
export async function measureLeak(calls: number): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = (): unknown => runInNewContext('gc()');
  const call = launch();
  await repeat(10_000, call);
  collect();
  const before = process.memoryUsage().heapUsed;
  await repeat(calls, call);
  collect();
  return (process.memoryUsage().heapUsed - before) / calls;
}
