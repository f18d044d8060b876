import { readSuccess } from '../../miniprogram/session/readers';
import { readMint } from '../../miniprogram/session/token';
import { call, withToken } from './driving';

test.each([
  ['a token that is not text', { token: 7, expiresIn: 7200 }],
  ['an empty token', { token: '', expiresIn: 7200 }],
  ['no life', { token: 't' }],
  ['a life that is not a number', { token: 't', expiresIn: '7200' }],
  ['a life below 0', { token: 't', expiresIn: -1 }],
  ['an endless life', { token: 't', expiresIn: Infinity }],
])('gettoken that answers with %s has given no token', (_, fields) => {
  expect(readMint(fields)).toBeUndefined();
});

test.each<[string, object]>([
  ['a text', Object('x'.repeat(100))],
  ['a list', new Array<number>(100).fill(1)],
])(
  'an answer that is %s is refused by its fields, however much else is in it',
  async (_, result) => {
    const world = await withToken();
    const looked = new Set<unknown>();
    const watched = new Proxy(result, {
      get(target, name) {
        looked.add(name);
        const value: unknown = Reflect.get(target, name);
        return value;
      },
      ownKeys(target) {
        looked.add('all of it');
        return Reflect.ownKeys(target);
      },
    });
    world.cloud.answer = () => watched;
    await expect(call(world)).resolves.toMatchObject({ code: 'CALL_FAILED' });
    expect([...looked].sort()).toEqual(['code', 'msg', 'requestId', 'retryAfter', 'then']);
  },
);

test('a number that counts nothing is no code', async () => {
  const world = await withToken();
  world.cloud.business = Number.NaN;
  await expect(call(world)).resolves.toMatchObject({ code: 'CALL_FAILED' });
});

const apple = { id: '1', title: '苹果', time: 1 };

test('a page of orders is read, with and without a next one', () => {
  expect(readSuccess.orders({ orders: [apple], more: true })).toEqual({ code: 1, orders: [apple] });
  const page = { code: 1, orders: [apple], nextCursor: '1' };
  expect(readSuccess.orders(page)).toEqual(page);
});

test.each([
  ['no list', { orders: 'none' }],
  ['something like a list', { orders: { every: () => true } }],
  ['an order that is none', { orders: [apple, null] }],
  ['an id that is no text', { orders: [{ ...apple, id: 1 }] }],
  ['a title that is no text', { orders: [{ ...apple, title: 1 }] }],
  ['a time that is no number', { orders: [{ ...apple, time: '1' }] }],
  ['a cursor that is no text', { orders: [], nextCursor: 7 }],
])('orders with %s are not read', (_, fields) => {
  expect(readSuccess.orders(fields)).toBeUndefined();
});

test.each([
  ['nothing', null],
  ['a text', 'code'],
  ['a success without its code', { orders: [] }],
  ['a success that is none', { code: 1 }],
])('an answer that is %s has the wrong shape', async (_, result) => {
  const world = await withToken();
  const answer = world.cloud.answer.bind(world.cloud);
  world.cloud.answer = (sent) => (sent.name === 'orders' ? result : answer(sent));
  await expect(call(world)).resolves.toMatchObject({
    code: 'CALL_FAILED',
    cause: new TypeError('Wrong shape'),
  });
});

test('a failure without words, number and time has none of them', async () => {
  const world = await withToken();
  world.cloud.answer = () => ({ code: 500, msg: 1, requestId: 2, retryAfter: '3' });
  const answer = { code: 500, msg: '', requestId: undefined, retryAfter: undefined };
  await expect(call(world)).resolves.toMatchObject({ code: 'ANSWERED', answer });
});
