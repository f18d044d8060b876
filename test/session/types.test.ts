import { isSessionError } from '../../miniprogram/session/errors';
import { call, withToken } from './driving';
import type { Session } from './world';

/** What a page reads of an error: the type check says which fields are there for which `code`. */
function describe(error: unknown): string {
  if (!isSessionError(error)) return 'unknown';
  switch (error.code) {
    case 'ANSWERED':
      return `${error.answer.code} ${error.answer.msg}`;
    case 'REFUSED':
      return error.cause.answer.msg;
    case 'REFRESH_FAILED':
      return describe(error.cause);
    case 'CALL_FAILED':
      return String(error.cause);
    case 'TIMED_OUT':
    case 'CANCELLED':
    case 'CLEARED':
      return error.code;
  }
}

/** Never run: each is a call that the type check must refuse. */
export function refused({ call }: Session): unknown[] {
  return [
    // @ts-expect-error -- no business function of the contract
    call('gettoken', {}),
    // @ts-expect-error -- `limit` is a number
    call('orders', { limit: '1' }),
    // @ts-expect-error -- the session adds the token
    call('orders', { token: 'mine' }),
    // @ts-expect-error -- the answer of `orders` has no such field
    call('orders', {}).then(({ notes }) => typeof notes),
  ];
}

test('the errors of a session narrow by their code', async () => {
  const world = await withToken();
  world.cloud.business = 429;
  expect(describe(await call(world))).toBe('429 no');
  world.cloud.refusesAll = true;
  expect(describe(await call(world))).toBe('Token验证失败');
  expect(describe(new Error('mine'))).toBe('unknown');
});
