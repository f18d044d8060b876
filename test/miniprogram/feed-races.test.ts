import fc from 'fast-check';
import type { OrdersRequest, OrdersSuccess } from '../../contract/index';
import { createFeed } from '../../miniprogram/pages/orders/feed';
import { cloudOf, createScreen } from './feed-model';

test('whatever the order of answers, the list has no gap, no repeat and never goes back in time', async () => {
  const action = fc.constantFrom('reload', 'loadMore', 'arrive');
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 0, max: 90 }),
      fc.array(action, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 0, max: 4 })),
      async (scheduler, count, actions, luck) => {
        const cloud = cloudOf(count);
        const view = createScreen();
        const seen: number[][] = [];
        const inFlight = { first: 0, more: 0 };
        let mostReloads = 0;
        const ask = async (request: OrdersRequest): Promise<OrdersSuccess> => {
          const kind = request.cursor === undefined ? 'first' : 'more';
          inFlight[kind] += 1;
          mostReloads = Math.max(mostReloads, inFlight.first);
          const answer = cloud.answer(request);
          await scheduler.schedule(Promise.resolve(), kind);
          inFlight[kind] -= 1;
          if (luck.next().value === 0) throw new Error('network down');
          return answer;
        };
        const feed = createFeed(ask, (change) => {
          view.show(change);
          seen.push(view.ids());
        });
        const steps = scheduler.scheduleSequence(
          actions.map((name) => () => {
            if (name === 'arrive') cloud.newest += 1;
            else void feed[name]();
            return Promise.resolve();
          }),
        );
        await scheduler.waitFor(steps.task);
        await scheduler.waitIdle();

        for (const ids of seen) expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) - at));
        const newest = seen.map((ids) => ids[0] ?? 0);
        expect(newest).toEqual([...newest].sort((a, b) => a - b));
        expect(mostReloads).toBeLessThanOrEqual(1);
        const { data } = view;
        expect(data.reloading).toBe(false);
        expect(data.more).not.toBe('loading');
        expect(data.view.kind).not.toBe('loading');
      },
    ),
    { numRuns: 500 },
  );
});
