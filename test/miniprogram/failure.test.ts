import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import { describeFailure, type Failure } from '../../miniprogram/pages/orders/failure';
import { createError } from '../../miniprogram/session/errors';
import { createSession } from '../../miniprogram/session/session';

type Cloud = (name: string) => unknown;

const minted = { code: 1, token: 'token-1', expiresIn: 7200 };

/** A cloud that mints tokens and does this to `orders`. */
const ordersThat =
  (act: () => unknown): Cloud =>
  (name) =>
    name === 'gettoken' ? minted : act();

const ordersAnswer = (answer: object): Cloud =>
  ordersThat(() => ({ msg: 'limit: expected a number', ...answer }));

function fail(cause: unknown): never {
  throw cause;
}

/** What the user reads when a real session calls this cloud; `leave` clears it meanwhile. */
async function failureOf(cloud: Cloud, { leave = false } = {}): Promise<Failure> {
  const alarms = new Set<() => void>();
  const session = createSession<BusinessFunctions>(
    {
      transport: async (name) => {
        await Promise.resolve();
        return cloud(name);
      },
      storage: { load: () => undefined, save: () => undefined },
      clock: {
        now: () => 0,
        after: (_ms, run) => {
          alarms.add(run);
          return () => alarms.delete(run);
        },
      },
    },
    readSuccess,
  );
  const failure = session.call('orders', {}).then(() => fail('no failure'), describeFailure);
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
  if (leave) await session.clear();
  for (const alarm of alarms) alarm();
  return failure;
}

/** A phone with `wx.cloud`. */
Object.assign(globalThis, { wx: { cloud: {} } });

const never = (): Promise<never> => new Promise(() => undefined);

const failures: [string, Cloud][] = [
  ['没有收到云端的返回', ordersThat(() => fail(new Error('request:fail')))],
  ['云端的返回无法识别', ordersThat(() => ({ rubbish: true }))],
  ['等待超时', ordersThat(never)],
  ['登录没有成功', () => ({ code: 401, msg: '该用户已被停用' })],
  ['登录状态无法恢复', ordersAnswer({ code: 903 })],
  ['请求没有被接受', ordersAnswer({ code: 400 })],
  ['微信身份没有被接受', ordersAnswer({ code: 401, msg: '' })],
  ['登录态已更新', ordersAnswer({ code: 409 })],
  ['请求过于频繁', ordersAnswer({ code: 429 })],
  ['云端出了点问题', ordersAnswer({ code: 500 })],
  ['云端的返回无法识别', ordersAnswer({ code: 777 })],
];

test.each(failures)('%s: told in Chinese, with something to do', async (heading, cloud) => {
  const failure = await failureOf(cloud);
  expect(failure.heading).toBe(heading);
  expect(failure.detail).toMatch(/^[^a-zA-Z]*。(（代码 777）)?$/);
});

test('a user who leaves during the call reads that it was cancelled', async () => {
  const { heading } = await failureOf(ordersThat(never), { leave: true });
  expect(heading).toBe('请求已取消');
});

test('too many attempts: the user reads how long to wait', async () => {
  const { detail } = await failureOf(ordersAnswer({ code: 429, retryAfter: 17 }));
  expect(detail).toContain('17 秒');
});

test('a failure of the cloud: the user reads the number to quote', async () => {
  const { detail } = await failureOf(ordersAnswer({ code: 500, requestId: 'req-42' }));
  expect(detail).toContain('req-42');
});

test('no token could be had: the user reads why', async () => {
  const { detail } = await failureOf(() => ({ code: 429, msg: 'slow down', retryAfter: 17 }));
  expect(detail).toBe('请求过于频繁，请等 17 秒再试。');
});

/** What the user reads when WeChat fails a call of `orders` in this way. */
const failedBy = (cause: unknown): Promise<Failure> => failureOf(ordersThat(() => fail(cause)));

test.each([
  [-401001, 'api permission denied'],
  [-404011, 'cloud function execution error'],
  [-404012, 'polling exceed max timeout retry'],
  [-501000, 'FunctionName parameter could not be found'],
  [-501002, 'resource server timeout'],
  [-504002, 'functions execute fail'],
  [-601034, 'no permission, enable CloudBase first'],
])('%d is no matter of the network: the user reads the number to quote', async (errCode, said) => {
  const errMsg = `cloud.callFunction:fail Error: errCode: ${errCode} | errMsg: ${said}`;
  for (const cause of [{ errCode, errMsg }, { errMsg }, new Error(errMsg)]) {
    await expect(failedBy(cause)).resolves.toEqual({
      heading: '云端的服务不可用',
      detail: `请稍后重试；若一直如此，请把错误码 ${errCode} 告诉客服。`,
    });
  }
});

test.each([
  { errMsg: 'cloud.callFunction:fail request:fail' },
  { errCode: -1, errMsg: 'request:fail timeout' },
  new Error('request:fail errcode:-118 cronet_error_code:-118'),
])('a dead line is told as one: %p', async (cause) => {
  await expect(failedBy(cause)).resolves.toEqual({
    heading: '没有收到云端的返回',
    detail: '请检查网络后重试。',
  });
});

test('a mini program that did not call wx.cloud.init has no service', async () => {
  const said = "Cloud API isn't enabled, please call wx.cloud.init first";
  const errMsg = `cloud.callFunction:fail Error: errCode: -1 | errMsg: ${said}`;
  await expect(failedBy({ errCode: -1, errMsg })).resolves.toEqual({
    heading: '云端的服务不可用',
    detail: '请稍后重试；若一直如此，请告诉客服。',
  });
});

test.each([undefined, null, 'text', {}, { errCode: '7' }, new TypeError('of the session itself')])(
  'of a call that failed without a reason (%p) no reason is made up',
  async (cause) => {
    const { heading, detail } = await failedBy(cause);
    expect(heading).toBe('没有收到云端的返回');
    expect(detail).toBe('请稍后重试；若一直如此，请检查网络。');
  },
);

test('no wx.cloud is no matter of the network', () => {
  Object.assign(globalThis, { wx: {} });
  const cause = createError('CALL_FAILED', new TypeError('no callFunction of undefined'));
  const { heading, detail } = describeFailure(createError('REFRESH_FAILED', cause));
  Object.assign(globalThis, { wx: { cloud: {} } });
  expect(heading).toBe('登录没有成功');
  expect(detail).toBe('微信版本过低，请升级到最新版微信后再打开。');
});

test.each([
  [-5, '请等 2 秒再试。'],
  [0, '请等 2 秒再试。'],
  [90, '请等 90 秒再试。'],
  [91, '请等 2 分钟再试。'],
  [3_600, '请等 60 分钟再试。'],
  [86_400, '请等 24 小时再试。'],
])('a 429 that asks for %d s reads %s', async (retryAfter, detail) => {
  await expect(failureOf(ordersAnswer({ code: 429, retryAfter }))).resolves.toMatchObject({
    detail,
  });
});

test('the seconds to wait count down, for all calls that met the same answer', () => {
  jest.useFakeTimers({ now: 1_000_000 });
  const answer = { code: 429, msg: 'slow down', retryAfter: 17 };
  const first = createError('ANSWERED', undefined, answer);
  const second = createError('REFRESH_FAILED', createError('ANSWERED', undefined, answer));
  expect(describeFailure(first)).toMatchObject({ detail: '请等 17 秒再试。', wait: 17 });
  jest.setSystemTime(1_010_500);
  expect(describeFailure(first)).toMatchObject({ detail: '请等 7 秒再试。', wait: 7 });
  expect(describeFailure(second)).toMatchObject({ detail: '请求过于频繁，请等 7 秒再试。' });
  jest.setSystemTime(1_017_000);
  expect(describeFailure(first)).toMatchObject({ detail: '现在可以重试。', wait: 0 });
  jest.useRealTimers();
});

test.each([undefined, null, 'text', new Error('boom'), { code: 'ANSWERED' }])(
  'whatever else was thrown (%p) has words too',
  (thrown) => {
    expect(describeFailure(thrown).heading).toBe('出了点意外');
  },
);
