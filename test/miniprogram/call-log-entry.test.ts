import { latestCall, withEvent, type Entry } from '../../miniprogram/components/call-log/entry';
import type { SessionEvent } from '../../miniprogram/session/events';

const call = (code: number | undefined, name = 'orders'): SessionEvent => ({
  type: 'call',
  name,
  code,
  ms: 12.4,
});

const logOf = (...events: SessionEvent[]): readonly Entry[] =>
  events.reduce<readonly Entry[]>(withEvent, []);

/** From top to bottom, as the panel shows it. */
const lines = (...events: SessionEvent[]): string[] =>
  logOf(...events).map((entry) => (entry.kind === 'call' ? entry.code : entry.text));

test('the newest line is on top and the numbers count up', () => {
  const log = logOf(call(903), call(1));
  expect(log).toMatchObject([
    { number: 2, code: '1' },
    { number: 1, code: '903' },
  ]);
});

test('the last call is told in a few letters, whatever was noted since', () => {
  expect(latestCall([])).toBe('');
  expect(latestCall(logOf(call(1), call(903), { type: 'loop-broken', name: 'orders' }))).toBe(
    'orders → 903',
  );
});

test('milliseconds are whole', () => {
  expect(logOf(call(1))).toMatchObject([{ ms: 12 }]);
});

test('the log keeps the last 50 lines and goes on counting', () => {
  const log = logOf(...Array.from({ length: 73 }, () => call(1)));
  expect(log).toHaveLength(50);
  expect([log[0]?.number, log.at(-1)?.number]).toEqual([73, 24]);
});

test('903 is marked apart from success and failure', () => {
  expect(logOf(call(903))).toMatchObject([{ tone: 'refused', meaning: 'token 失效' }]);
  expect(logOf(call(1))).toMatchObject([{ tone: 'done' }]);
});

test.each([undefined, 400, 401, 429, 500, 777])(
  '%p is marked as a failure and explained',
  (code) => {
    const [entry] = logOf(call(code));
    expect(entry).toMatchObject({ tone: 'failed' });
    expect(entry).toHaveProperty('meaning', expect.stringMatching(/^\p{Script=Han}+$/u));
  },
);

test('a call without an answer says so', () => {
  expect(logOf(call(undefined))).toMatchObject([{ code: '无返回' }]);
});

test('success of gettoken reads differently from success of a business call', () => {
  expect(logOf(call(1, 'gettoken'))).toMatchObject([{ meaning: '云端给出 token' }]);
  expect(logOf(call(1))).toMatchObject([{ meaning: 'token 有效，数据返回' }]);
});

test('a refused token reads as a story from the foot up', () => {
  expect(
    lines(
      call(903),
      { type: 'refresh-started', reason: 'refused' },
      call(1, 'gettoken'),
      { type: 'refresh-ended', reason: undefined, ms: 8, waiters: 1 },
      { type: 'call-repeated', name: 'orders' },
      call(1),
    ),
  ).toEqual([
    '1',
    '带上新 token，重发 orders',
    '新 token 到手，1 个请求继续',
    '1',
    'token 被云端拒绝，向 gettoken 换取新的',
    '903',
  ]);
});

test('of two tries that were both answered one token is taken, and one line says so', () => {
  expect(
    lines(
      call(1, 'gettoken'),
      { type: 'refresh-ended', reason: undefined, ms: 5_001, waiters: 0 },
      call(1, 'gettoken'),
    ),
  ).toEqual(['1', '新 token 到手', '1']);
});

test('each reason for a refresh reads differently', () => {
  const reasons = (['absent', 'refused', 'ended', 'near-end'] as const).flatMap((reason) =>
    lines({ type: 'refresh-started', reason }),
  );
  expect(new Set(reasons).size).toBe(4);
});

test('what goes wrong inside the session is told', () => {
  expect(lines({ type: 'refresh-ended', reason: 429, ms: 9, waiters: 3 })).toEqual([
    '没有换到新 token，3 个请求随之失败',
  ]);
  expect(lines({ type: 'loop-broken', name: 'orders' })).toEqual([
    '新 token 也被拒绝，不再重发 orders',
  ]);
  expect(lines({ type: 'storage-failed' })).toEqual(['本机存储不可用，token 只留在内存']);
});

test('the log given is left as it was', () => {
  const log = logOf(call(1));
  const before = structuredClone(log);
  withEvent(log, call(1));
  expect(log).toEqual(before);
});

test('a revocation does not read like a new token', () => {
  const revoked: SessionEvent = { type: 'call', name: 'gettoken', code: 1, ms: 1, revokes: true };
  expect(logOf(revoked)).toMatchObject([{ meaning: '已撤销 token' }]);
  expect(lines({ type: 'refresh-ended', reason: 'CLEARED', ms: 1, waiters: 2 })).toEqual([
    '用户离开，不再换取 token',
  ]);
});

test.each([
  [{ errCode: -501000, errMsg: 'FunctionName parameter could not be found' }, 'FunctionName'],
  [new Error('wx.cloud is missing'), 'wx.cloud is missing'],
])('a call without an answer tells the developer why', (cause, reason) => {
  const event: SessionEvent = { type: 'call', name: 'orders', code: undefined, ms: 1, cause };
  expect(logOf(event)).toHaveProperty('0.meaning', expect.stringContaining(reason));
});

test.each([undefined, null, 'text', {}, { errMsg: 7 }, { errMsg: '' }])(
  'a cause that says nothing (%p) adds nothing',
  (cause) => {
    const event: SessionEvent = { type: 'call', name: 'orders', code: undefined, ms: 1, cause };
    expect(logOf(event)).toMatchObject([{ meaning: '没有收到云端的返回' }]);
  },
);

test('what the platform says is cut to a line or two', () => {
  const cause = new Error('x'.repeat(5_000));
  const [entry] = logOf({ type: 'call', name: 'orders', code: undefined, ms: 1, cause });
  expect(entry?.kind === 'call' && entry.meaning.length).toBeLessThan(150);
});
