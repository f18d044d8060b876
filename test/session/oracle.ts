import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { phone } from './phone';

/** A world with a reachable gettoken: how long everything takes, and when tokens are revoked. */
export interface Weather {
  /** When each call starts, in milliseconds. */
  readonly starts: readonly number[];
  /** When the token in use is revoked in the cloud, once an answer has shown that it works. */
  readonly revocations: readonly number[];
  /** Milliseconds of the next leg over the network. */
  readonly leg: () => number;
}

/**
 * What a client has to send that knows what its answers told and nothing else. It is reckoned from
 * the calls and the answers alone, whatever the session did: each call is sent once, and once more
 * when it was refused; and a token is asked for when a call needs one, none is there that nobody
 * refused, and none is on its way.
 */
class Ledger {
  least = 0;
  readonly #good = new Set<string>();
  readonly #refusedCalls = new Set<number>();
  #isAsking = false;

  #needsToken(): void {
    if (this.#good.size > 0 || this.#isAsking) return;
    this.#isAsking = true;
    this.least += 1;
  }

  starts(): void {
    this.least += 1;
    this.#needsToken();
  }

  receives(token: string): void {
    this.#isAsking = false;
    this.#good.add(token);
  }

  isRefused(call: number, token: string): void {
    this.#good.delete(token);
    if (this.#refusedCalls.has(call)) return;
    this.#refusedCalls.add(call);
    this.least += 1;
    this.#needsToken();
  }
}

/** Lets a session live through this weather. Resolves with the calls sent, and the least possible. */
export async function liveThrough(weather: Weather): Promise<{ sent: number; least: number }> {
  const ledger = new Ledger();
  const proven = new Set<string>();
  const live = new Set<string>();
  let sent = 0;
  let minted = 0;
  let time = 0;
  const agenda: { at: number; run: () => void }[] = [];

  function after(ms: number, run: () => void): () => void {
    const entry = { at: time + ms, run };
    // In order of time, and of arrival where that is the same.
    let place = agenda.length;
    while (place > 0 && (agenda[place - 1]?.at ?? 0) > entry.at) place -= 1;
    agenda.splice(place, 0, entry);
    return () => {
      const at = agenda.indexOf(entry);
      if (at >= 0) agenda.splice(at, 1);
    };
  }
  const pass = (ms: number): Promise<void> => new Promise((resolve) => void after(ms, resolve));

  async function transport(
    name: string,
    data: Readonly<Record<string, unknown>>,
  ): Promise<unknown> {
    sent += 1;
    await pass(weather.leg());
    if (name === 'gettoken') {
      const token = `token-${String((minted += 1))}`;
      live.add(token);
      await pass(weather.leg());
      ledger.receives(token);
      return { code: 1, token, expiresIn: 7200 };
    }
    const token = String(data.token);
    const isAccepted = live.has(token);
    await pass(weather.leg());
    if (isAccepted) proven.add(token);
    else ledger.isRefused(Number(data.limit), token);
    return isAccepted ? { code: 1, orders: [] } : { code: 903, msg: 'Token验证失败' };
  }

  const session = phone.createSession({
    transport,
    storage: { load: () => undefined, save: () => undefined },
    clock: { now: () => time, after },
  });
  const outcomes: Promise<unknown>[] = [];
  for (const [call, start] of weather.starts.entries()) {
    after(start, () => {
      ledger.starts();
      outcomes.push(
        session.call('orders', { limit: call }).catch((error: unknown) => {
          // Refused twice, each time in its own right: the one way not to be answered here.
          assert(phone.isSessionError(error) && error.code === 'REFUSED');
        }),
      );
    });
  }
  for (const at of weather.revocations) {
    after(at, () => {
      for (const token of proven) live.delete(token);
    });
  }
  for (let next = agenda.shift(); next; next = agenda.shift()) {
    time = next.at;
    next.run();
    await turn();
  }
  await Promise.all(outcomes);
  assert.equal(outcomes.length, weather.starts.length);
  return { sent, least: ledger.least };
}

const second = 1000;

/** In any weather with a reachable gettoken, what is sent is the least possible. */
export const sendsTheLeast = fc.asyncProperty(
  fc.array(fc.nat(20 * second), { minLength: 1, maxLength: 60 }),
  fc.array(fc.nat(25 * second), { maxLength: 50 }),
  fc.infiniteStream(fc.nat(2 * second)),
  async (starts, revocations, legs) => {
    const leg = (): number => Number(legs.next().value) / 2;
    const { sent, least } = await liveThrough({ starts, revocations, leg });
    assert.equal(sent, least);
  },
);
