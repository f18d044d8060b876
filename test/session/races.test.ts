import { exploreAll } from './situations';

test('the rules of the session hold in 10,000 schedules and more', async () => {
  let explored = 0;
  const failures: string[] = [];
  await exploreAll(10_000, (name, schedules, failure) => {
    explored += schedules;
    if (failure !== undefined) failures.push(`${name}: ${failure}`);
  });
  expect(failures).toEqual([]);
  expect(explored).toBeGreaterThanOrEqual(10_000);
}, 300_000);
