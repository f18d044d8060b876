import { liveThrough } from './oracle';

/** Numbers from 0 up to 1 that repeat. */
function dice(): () => number {
  let state = 1;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

test('10,000 calls, answers after 1 to 2000 ms, 50 revocations: the least possible is sent', async () => {
  const random = dice();
  const minutes = 5 * 60_000;
  const { sent, least } = await liveThrough({
    starts: Array.from({ length: 10_000 }, () => random() * minutes),
    revocations: Array.from({ length: 50 }, () => random() * minutes),
    leg: () => 0.5 + random() * 999.5,
  });
  expect(least).toBeGreaterThan(10_000 + 50);
  expect(sent).toBe(least);
}, 60_000);

test('the oracle counts: one call needs a token and itself', async () => {
  await expect(liveThrough({ starts: [0], revocations: [], leg: () => 1 })).resolves.toEqual({
    sent: 2,
    least: 2,
  });
});

test('the oracle counts: two calls that meet one revocation', async () => {
  const world = { starts: [0, 100, 100], revocations: [50], leg: () => 1 };
  await expect(liveThrough(world)).resolves.toEqual({ sent: 7, least: 7 });
});
