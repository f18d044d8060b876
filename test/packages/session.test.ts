import { createSession, isSessionError, type Transport } from '../../packages/session/src';

/** Answers of a project, in turn, after the token that each `gettoken` brings. */
function answering(...answers: unknown[]): { transport: Transport; sent: string[] } {
  const sent: string[] = [];
  let minted = 0;
  const transport: Transport = (name) => {
    sent.push(name);
    if (name !== 'gettoken') return Promise.resolve(answers.shift());
    const token = `token-${String((minted += 1))}`;
    return Promise.resolve({ code: 1, token, expiresIn: 7200 });
  };
  return { transport, sent };
}

const parts = {
  storage: { load: () => undefined, save: () => undefined },
  clock: { now: () => 0, after: () => () => undefined },
};

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isSessionError(error)) throw new Error('no error of the session');
  const { name, message, code, answer } = error;
  return { name, message, code, answer: answer?.code };
}

test('without a contract and a reader the answer comes as it came', async () => {
  const { transport, sent } = answering({ code: 1, notes: ['a'], more: null });
  const session = createSession({ ...parts, transport });
  await expect(session.call('notes', {})).resolves.toEqual({ code: 1, notes: ['a'], more: null });
  expect(sent).toEqual(['gettoken', 'notes']);
});

test('a reader makes of an answer what the page gets, and refuses what is none', async () => {
  interface Functions {
    notes: { request: { day: string }; success: { notes: string[] } };
  }
  const { transport } = answering({ code: 1, notes: ['a'], more: 1 }, { code: 1, notes: 7 });
  const session = createSession<Functions>({
    ...parts,
    transport,
    readers: {
      notes: ({ notes }) =>
        Array.isArray(notes) ? { notes: notes.map((note) => String(note)) } : undefined,
    },
  });
  const { notes } = await session.call('notes', { day: 'monday' });
  expect(notes).toEqual(['a']);
  expect(await failureOf(session.call('notes', { day: 'monday' }))).toMatchObject({
    code: 'CALL_FAILED',
  });
});

test.each([
  ['code 0', { isSuccess: ({ code }: { code?: unknown }) => code === 0 }, { code: 0, n: 1 }],
  [
    'errCode 0',
    { isSuccess: ({ errCode }: { errCode?: unknown }) => errCode === 0 },
    { errCode: 0 },
  ],
  ['no code at all', { isSuccess: ({ code }: { code?: unknown }) => code === undefined }, { n: 1 }],
])('where a project says %s for success, that is one', async (_, rules, answer) => {
  const { transport } = answering(answer);
  const session = createSession({ ...parts, ...rules, transport });
  await expect(session.call('notes', {})).resolves.toEqual(answer);
});

test.each<[object, string, number]>([
  [{ code: 404, msg: '没有' }, '没有', 404],
  [{ errCode: -502, errMsg: '坏了' }, '坏了', -502],
  [{ code: 1, errCode: 7, errMsg: '坏了' }, '坏了', 1],
  [{ code: 500 }, 'ANSWERED', 500],
])('of a failure %j the page gets the words and the number', async (answer, message, code) => {
  const { transport } = answering(answer);
  const call = createSession({ ...parts, transport }).call('notes', {});
  expect(await failureOf(call)).toEqual({
    name: 'SessionError',
    message,
    code: 'ANSWERED',
    answer: code,
  });
});

test('a failure whose code is 1 is one where 0 is success', async () => {
  const { transport } = answering({ code: 1, msg: '参数错误' });
  const session = createSession({ ...parts, transport, isSuccess: ({ code }) => code === 0 });
  expect(await failureOf(session.call('notes', {}))).toMatchObject({
    code: 'ANSWERED',
    message: '参数错误',
    answer: 1,
  });
});

test('a refusal in the project’s own words brings a new token, and the call is repeated', async () => {
  const { transport, sent } = answering({ code: 1 }, { error: 'expired' }, { code: 1, n: 2 });
  const session = createSession({
    ...parts,
    transport,
    isRefused: ({ error }) => error === 'expired',
  });
  await session.call('notes', {});
  await expect(session.call('notes', {})).resolves.toEqual({ code: 1, n: 2 });
  expect(sent).toEqual(['gettoken', 'notes', 'notes', 'gettoken', 'notes']);
});

test('the words of a refusal that stays are those of the cloud', async () => {
  const { transport } = answering({ code: 903, msg: 'Token验证失败' });
  const call = createSession({ ...parts, transport }).call('notes', {});
  expect(await failureOf(call)).toEqual({
    name: 'SessionError',
    message: 'Token验证失败',
    code: 'REFUSED',
    answer: undefined,
  });
});

test('on a phone the token lies under the key that the project chose, and nothing else is touched', async () => {
  const storage = new Map<string, unknown>([['token', 'theirs']]);
  const { transport } = answering({ code: 1 });
  const callFunction = async ({ name, data }: { name: string; data: Record<string, unknown> }) => ({
    result: await transport(name, data),
  });
  Object.assign(globalThis, {
    wx: {
      cloud: { callFunction },
      getStorageSync: (key: string) => storage.get(key) ?? '',
      setStorageSync: (key: string, value: unknown) => void storage.set(key, value),
    },
  });
  await createSession({ storageKey: 'mine/token' }).call('notes', {});
  expect([...storage.keys()]).toEqual(['token', 'mine/token']);
  expect(storage.get('token')).toBe('theirs');
});
