import fc from 'fast-check';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import { isSessionError } from '../../miniprogram/session/errors';
import { fieldsOf } from '../../miniprogram/session/send';
import { createSession } from '../../miniprogram/session/session';

test('whatever the cloud answers, a call ends, and with an answer of the contract or an error', async () => {
  const orderLike = fc.record({
    id: fc.oneof(fc.string(), fc.anything()),
    title: fc.string(),
    time: fc.oneof(fc.integer(), fc.anything()),
  });
  const orders = fc.record({
    code: fc.constant(1),
    orders: fc.oneof(fc.array(orderLike, { maxLength: 2 }), fc.anything()),
    nextCursor: fc.option(fc.anything(), { nil: undefined }),
  });
  const minted = fc.record({
    code: fc.constant(1),
    token: fc.anything(),
    expiresIn: fc.anything(),
  });
  const result = fc.oneof(
    fc.anything(),
    orders,
    minted,
    fc.constant({ code: 1, token: 't', expiresIn: 9 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(result, { minLength: 1 }), async (results) => {
      let sent = 0;
      const session = createSession<BusinessFunctions>(
        {
          transport: () => Promise.resolve(results[sent++ % results.length]),
          storage: { load: () => undefined, save: () => undefined },
          clock: {
            now: () => 0,
            after(ms, run) {
              if (ms < 1000) setImmediate(run);
              return () => undefined;
            },
          },
        },
        readSuccess,
      );
      const outcome: unknown = await session.call('orders', {}).catch((error: unknown) => error);
      if (isSessionError(outcome)) return;
      const { orders } = fieldsOf(outcome);
      for (const order of Array.isArray(orders) ? orders : [undefined]) {
        const { id, title, time } = fieldsOf(order);
        expect([typeof id, typeof title, typeof time]).toEqual(['string', 'string', 'number']);
      }
    }),
    { numRuns: 1000 },
  );
});
