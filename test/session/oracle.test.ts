import { liveThrough, type Weather } from './oracle';

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

const seconds = 1000;

test.each<[string, number, Partial<Weather>]>([
  ['one call needs a token and itself', 2, { starts: [0] }],
  ['two calls that meet one revocation', 7, { starts: [0, 100, 100], revocations: [50] }],
  ['a gettoken that is silent for 5 s needs another', 3, { slowLeg: () => 3 * seconds }],
  ['the token of a user who leaves is revoked', 3, { clears: [9 * seconds] }],
  ['a call whose user leaves before it has its token is not sent', 1, { clears: [1] }],
  ['a token whose life is over', 4, { starts: [0, 9 * seconds], life: 8 * seconds }],
  ['a token near its end', 4, { starts: [0, 7.5 * seconds], life: 8 * seconds }],
  ['a sleep in which both answers come', 2, { sleeps: [[1, 60 * seconds]] }],
  [
    'a gettoken that is silent a second after sleep',
    3,
    { sleeps: [[1, 60 * seconds]], slowLeg: () => 31 * seconds },
  ],
])('the oracle counts: %s', async (_, calls, weather) => {
  const world = { starts: [0], revocations: [], leg: () => 1, ...weather };
  await expect(liveThrough(world)).resolves.toEqual({ sent: calls, least: calls });
});
