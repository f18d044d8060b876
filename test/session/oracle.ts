import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import type { BusinessFunctions } from '../../contract';
import { readSuccess } from '../../miniprogram/session/readers';
import { limit, type Clock } from '../../miniprogram/session/parts';
import { phone } from './phone';

const second = 1000;

/** A world with a reachable gettoken; all times in milliseconds. */
export interface Weather {
  /** When each call starts. */
  readonly starts: readonly number[];
  /** When the tokens that work are revoked in the cloud, once an answer has shown that they do. */
  readonly revocations?: readonly number[];
  /** When the user leaves. */
  readonly clears?: readonly number[];
  /** When the phone falls asleep, and for how long. */
  readonly sleeps?: readonly (readonly [at: number, ms: number])[];
  /** How long new tokens live. */
  readonly life?: number;
  /** The next leg of a business call over the network, up to 1 s. */
  readonly leg: () => number;
  /** The next leg of a call of gettoken, up to 6 s: it may be silent for longer than a try waits. */
  readonly slowLeg?: () => number;
}

/** A token as the ledger knows it from the answer that brought it. */
interface Known {
  readonly token: string;
  readonly askedAt: number;
  isRenewed: boolean;
}

/** A refresh: one call of gettoken, and others beside it while all are silent. */
interface Asking {
  tries: number;
  stop: () => void;
}

/**
 * What a client has to send that knows what its answers told and nothing else. It is reckoned from
 * the calls and the answers alone, whatever the session did, by the rules of docs/session.md: each
 * call is sent once, and once more when it was refused; a token is asked for when a call needs one and
 * none is on its way, or when a call goes out with one that is near its end.
 */
class Ledger {
  least = 0;
  asking: Asking | undefined;
  readonly #clock: Clock;
  readonly #life: number;
  #held: Known | undefined;
  #waiting: number[] = [];
  readonly #alive = new Set<number>();
  readonly #refusedCalls = new Set<number>();
  readonly #refusedTokens = new Set<string>();

  constructor(clock: Clock, life: number) {
    this.#clock = clock;
    this.#life = life;
  }

  starts(call: number): void {
    this.#alive.add(call);
    this.#proceed(call);
  }

  /** A token is taken from the refresh under way; one that was asked for by an earlier one is not. */
  receives(token: string, askedAt: number, by: Asking | undefined): void {
    if (!by || this.asking !== by) return;
    this.#endAsking();
    this.#held = { token, askedAt, isRenewed: false };
    this.least += this.#waiting.length;
    this.#waiting = [];
  }

  isRefused(call: number, token: string): void {
    this.#refusedTokens.add(token);
    if (this.#held?.token === token) this.#held = undefined;
    if (!this.#alive.has(call) || this.#refusedCalls.has(call)) return;
    this.#refusedCalls.add(call);
    this.#proceed(call);
  }

  /** The user leaves: the token, even one whose life is over, is revoked. */
  clears(): void {
    if (this.#held) this.least += 1;
    this.#held = undefined;
    this.#waiting = [];
    this.#alive.clear();
    this.#endAsking();
  }

  /** No call may go out with a token whose refusal is known. */
  isKnownToBeRefused(token: string): boolean {
    return this.#refusedTokens.has(token);
  }

  #proceed(call: number): void {
    const left = this.#held ? this.#life - (this.#clock.now() - this.#held.askedAt) : 0;
    if (!this.#held || left <= 0) {
      this.#waiting.push(call);
      this.#ask();
      return;
    }
    this.least += 1;
    const isNearItsEnd = left < Math.min(this.#life / 10, 300 * second);
    if (this.asking || !isNearItsEnd || this.#held.isRenewed) return;
    this.#held.isRenewed = true;
    this.#ask();
  }

  #ask(): void {
    this.asking ??= { tries: 0, stop: () => undefined };
    if (this.asking.tries === 0) this.#try(this.asking);
  }

  #try(asking: Asking): void {
    asking.tries += 1;
    assert(asking.tries <= 3, 'the worlds are such that one of three tries is answered');
    this.least += 1;
    asking.stop = limit(this.#clock, 5 * second, () => {
      this.#try(asking);
    });
  }

  #endAsking(): void {
    this.asking?.stop();
    this.asking = undefined;
  }
}

/** Something that is to happen. A timer of the phone is late when the phone sleeps, and then the first. */
interface Entry {
  at: number;
  readonly on: 'timer' | 'phone' | 'cloud';
  readonly run: () => void;
}

/** The time, which goes from one thing to happen to the next. */
class Agenda {
  time = 0;
  #wakesAt = 0;
  readonly #entries: Entry[] = [];

  /** Puts an entry where its time is; behind those of the same time, unless timers go first. */
  add(entry: Entry): void {
    const comesBefore = (other: Entry): boolean =>
      entry.at < other.at ||
      (entry.at === other.at && entry.on === 'timer' && other.on !== 'timer');
    let place = this.#entries.length;
    for (let last = this.#entries[place - 1]; last && comesBefore(last);)
      last = this.#entries[(place -= 1) - 1];
    this.#entries.splice(place, 0, entry);
  }

  pass(on: Entry['on'], ms: number): Promise<void> {
    return new Promise((run) => {
      this.add({ at: this.time + ms, on, run });
    });
  }

  readonly clock: Clock = {
    now: () => this.time,
    after: (ms, run) => {
      const entry: Entry = { at: this.time + ms, on: 'timer', run };
      this.add(entry);
      return () => {
        const place = this.#entries.indexOf(entry);
        if (place >= 0) this.#entries.splice(place, 1);
      };
    },
  };

  sleep(ms: number): void {
    this.#wakesAt = Math.max(this.#wakesAt, this.time + ms);
  }

  async runAll(): Promise<void> {
    for (let next = this.#entries.shift(); next; next = this.#entries.shift()) {
      if (next.on !== 'cloud' && next.at < this.#wakesAt) {
        this.add(Object.assign(next, { at: this.#wakesAt }));
      } else {
        this.time = next.at;
        next.run();
        await turn();
      }
    }
  }
}

/** Lets a session live through this weather. Resolves with the calls sent, and the least possible. */
export async function liveThrough(weather: Weather): Promise<{ sent: number; least: number }> {
  const { leg, slowLeg = leg, life = 7200 * second } = weather;
  const agenda = new Agenda();
  const { clock } = agenda;
  const ledger = new Ledger(clock, life);
  const proven = new Set<string>();
  const live = new Set<string>();
  let sent = 0;
  let minted = 0;

  async function mint(revoked: unknown): Promise<unknown> {
    const { asking } = ledger;
    const askedAt = agenda.time;
    await agenda.pass('cloud', slowLeg());
    if (typeof revoked === 'string') live.delete(revoked);
    else live.add(`token-${String((minted += 1))}`);
    const token = `token-${String(minted)}`;
    await agenda.pass('phone', slowLeg());
    if (typeof revoked === 'string') return { code: 1 };
    ledger.receives(token, askedAt, asking);
    return { code: 1, token, expiresIn: life / second };
  }

  async function order(call: number, token: string): Promise<unknown> {
    assert(!ledger.isKnownToBeRefused(token));
    await agenda.pass('cloud', leg());
    const isAccepted = live.has(token);
    await agenda.pass('phone', leg());
    if (isAccepted) proven.add(token);
    else ledger.isRefused(call, token);
    return isAccepted ? { code: 1, orders: [] } : { code: 903, msg: 'Token验证失败' };
  }

  const session = phone.createSession<BusinessFunctions>(
    {
      transport(name, data) {
        sent += 1;
        return name === 'gettoken'
          ? mint(data.revoke)
          : order(Number(data.limit), String(data.token));
      },
      storage: { load: () => undefined, save: () => undefined },
      clock,
    },
    readSuccess,
  );
  const outcomes: Promise<unknown>[] = [];

  async function start(call: number): Promise<void> {
    ledger.starts(call);
    try {
      await session.call('orders', { limit: call }, { timeLimit: Infinity });
    } catch (error) {
      // Refused twice, each time in its own right, or the user left: nothing else ends a call here.
      assert(phone.isSessionError(error));
      assert(error.code === 'REFUSED' || error.code === 'CLEARED');
    }
  }

  function at(times: readonly number[], on: Entry['on'], run: (index: number) => void): void {
    for (const [index, time] of times.entries()) {
      agenda.add({
        at: time,
        on,
        run: () => {
          run(index);
        },
      });
    }
  }

  at(weather.starts, 'phone', (call) => outcomes.push(start(call)));
  at(weather.clears ?? [], 'phone', () => {
    ledger.clears();
    void session.clear();
  });
  at(weather.revocations ?? [], 'cloud', () => {
    for (const token of proven) live.delete(token);
  });
  const sleeps = weather.sleeps ?? [];
  at(
    sleeps.map(([time]) => time),
    'cloud',
    (index) => {
      agenda.sleep(sleeps[index]?.[1] ?? 0);
    },
  );
  await agenda.runAll();
  await Promise.all(outcomes);
  assert.equal(outcomes.length, weather.starts.length);
  return { sent, least: ledger.least };
}

/** In any weather with a reachable gettoken, what is sent is the least possible. */
export const sendsTheLeast = fc.asyncProperty(
  fc.record({
    starts: fc.array(fc.nat(20 * second), { minLength: 1, maxLength: 60 }),
    revocations: fc.array(fc.nat(25 * second), { maxLength: 50 }),
    clears: fc.array(fc.nat(25 * second), { maxLength: 2 }),
    sleeps: fc.array(fc.tuple(fc.nat(25 * second), fc.nat(60 * second)), { maxLength: 2 }),
    life: fc.oneof(
      fc.constant(7200 * second),
      fc.integer({ min: 5, max: 60 }).map((life) => life * second),
    ),
  }),
  fc.infiniteStream(fc.nat(second)),
  fc.infiniteStream(fc.oneof(fc.nat(second), fc.nat(6 * second))),
  async (weather, legs, slowLegs) => {
    const { sent, least } = await liveThrough({
      ...weather,
      leg: () => Number(legs.next().value),
      slowLeg: () => Number(slowLegs.next().value),
    });
    assert.equal(sent, least);
  },
);
