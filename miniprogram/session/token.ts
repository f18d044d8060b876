import {
  createError,
  type Answered,
  type CallFailed,
  type SessionError,
  type TimedOut,
} from './errors';
import type { Emit, RefreshReason } from './events';
import { elapsed, limit, type SessionParts } from './parts';
import { readMint } from './readers';
import { fieldsOf, isNumber, isText, type Send, type Succeeded } from './send';

/** A token and what is known of it. Times are in milliseconds. */
interface Token {
  readonly text: string;
  /** What was left of its life, at most, when the clock showed `seenAt`. */
  left: number;
  seenAt: number;
  /** With less than this left it is renewed in the background; 0 once that was tried. */
  renewAt: number;
  /** Whether a business function has accepted it. */
  proven?: boolean;
  /** The first answer that refused it: the cause that all calls refused with it share. */
  refused?: Answered;
}

/** A token that has `left` ms to live; it is near its end in the last tenth, 5 min at most. */
function createToken(text: string, left: number, seenAt: number): Token {
  return { text, left, seenAt, renewAt: Math.min(left / 10, 300_000) };
}

/** A call, as far as its token is concerned. */
export interface Claim {
  /** Why it may not have another token: it has ended, or a refresh or a repeat failed. */
  failure?: () => SessionError;
}

/** How a refresh ended. */
type Outcome =
  { type: 'refresh-done' } | { type: 'refresh-failed'; reason: number | SessionError['code'] };

/** The one owner of the token, in memory and in the storage, and of what is done to have another. */
export interface Tokens {
  /**
   * Sends with the token, and once more when that was refused. Waits for a token where none can be
   * used; rejects with the `SessionError` that forbids another, or that the call came to.
   */
  readonly run: <Success extends Succeeded>(
    claim: Claim,
    name: string,
    sendWith: (token: string) => Promise<Success | Answered | CallFailed>,
  ) => Promise<Success>;
  /** The user leaves: drops the token, which is returned, the refresh under way and what failed. */
  readonly forget: () => string | undefined;
}

/** @param claims - the calls under way */
export function createTokens(
  { storage, clock, random = Math.random }: SessionParts,
  send: Send,
  emit: Emit,
  claims: ReadonlySet<Claim>,
): Tokens {
  /** How often `gettoken` is asked, at most. */
  const tryLimit = 3;
  /** A try that has been silent for so many milliseconds gets another beside it; the last is the end. */
  const silence = 5_000;
  /** The first pause after a failure is half to all of this many milliseconds; the next, twice that. */
  const firstPause = 400;
  /** The cool-down in seconds; a 429 may ask for more, up to the longest. */
  const shortest = 2;
  const longest = 60;

  let held: Token | undefined;
  let isLoaded = false;
  /** Ends the refresh under way, if there is one, and wakes the calls that wait for it. */
  let endRefresh: ((outcome: Outcome, token?: Token) => void) | undefined;
  let waiters: ((token?: Token) => void)[] = [];
  let failure: (() => SessionError) | undefined;
  /** Counts the tokens taken and the users who left: what was asked for earlier comes too late. */
  let epoch = 0;

  /**
   * The milliseconds of life left: less by what the clock has moved on. A clock that jumped back takes
   * nothing away, nor does it add: then the cloud's 903 decides.
   */
  function lifeLeft(token: Token): number {
    return token.left - elapsed(clock, token.seenAt);
  }

  function hold(next?: Token): void {
    held = next;
    try {
      storage.save(next && { v: 1, token: next.text, left: next.left, seenAt: next.seenAt });
    } catch {
      emit({ type: 'storage-failed', action: 'save' });
    }
  }

  /** Holds a new token, or none for the next user: what failed, and what was asked for, is past. */
  function turnTo(next?: Token): void {
    epoch += 1;
    failure = undefined;
    hold(next);
  }

  function start(reason: RefreshReason): void {
    const startedAt = clock.now();
    const startEpoch = epoch;
    let tries = 0;
    let failures = 0;
    /** Stops the timer that the next try, or the end, waits for. */
    let stop = (): void => undefined;

    function end(outcome: Outcome, token?: Token): void {
      const woken = waiters;
      waiters = [];
      endRefresh = undefined;
      stop();
      woken.forEach((wake) => {
        wake(token);
      });
      emit(Object.assign(outcome, { ms: elapsed(clock, startedAt), waiters: woken.length }));
    }

    function giveUp(error: Answered | CallFailed | TimedOut): void {
      const reason = error.answer?.code ?? error.code;
      end({ type: 'refresh-failed', reason });
      if (reason === 401) hold();
      fail(() => createError('REFRESH_FAILED', error), error.answer?.retryAfter);
    }

    /** One try. Whichever answers first is taken, even when the refresh has failed meanwhile. */
    function ask(): void {
      const sentAt = clock.now();
      tries += 1;
      stop = limit(clock, silence, () => {
        if (tries < tryLimit) ask();
        else giveUp(createError('TIMED_OUT'));
      });
      void send('gettoken', {}, readMint).then((reading) => {
        if (reading.code === 1) {
          // Another was taken since, or the user left.
          if (startEpoch !== epoch) return;
          turnTo(createToken(reading.token, reading.expiresIn * 1000, sentAt));
          (endRefresh ?? end)({ type: 'refresh-done' }, endRefresh === end ? held : undefined);
          return;
        }
        failures += 1;
        if (endRefresh !== end) return;
        // Below 500 it is the request that does not suit: another try would be answered the same.
        if (failures === tryLimit || (reading.answer?.code ?? 500) < 500) {
          giveUp(reading);
        } else if (failures === tries) {
          stop();
          stop = clock.after(firstPause * tries * (0.5 + random() / 2), ask);
        }
      });
    }

    emit({ type: 'refresh-started', reason });
    endRefresh = end;
    ask();
  }

  function fail(error: () => SessionError, coolDown = shortest): void {
    failure = error;
    clock.after(Math.min(Math.max(coolDown, shortest), longest) * 1000, () => {
      if (failure === error) failure = undefined;
    });
    claims.forEach((claim) => {
      claim.failure = claim.failure ?? error;
    });
  }

  /** Looks for the newest token that is not known to be refused; in the storage, the first time. */
  function find(): Token | undefined {
    if (!isLoaded) {
      isLoaded = true;
      try {
        const stored = storage.load();
        if (stored) {
          const { v, token, left, seenAt } = fieldsOf(stored);
          if (v !== 1 || !isText(token) || !isNumber(left) || !isNumber(seenAt))
            throw new TypeError();
          held = createToken(token, left, seenAt);
        }
      } catch {
        emit({ type: 'storage-failed', action: 'load' });
      }
    }
    return held;
  }

  function run<Success extends Succeeded>(
    claim: Claim,
    name: string,
    sendWith: (token: string) => Promise<Success | Answered | CallFailed>,
  ): Promise<Success> {
    let isRepeat = false;

    function attempt(fresh?: Token): Promise<Success> {
      const token = find();
      // A fresh token is tried even when it came so late that its life is over: the 903 decides.
      if (!token || !claims.has(claim) || (token !== fresh && lifeLeft(token) <= 0)) {
        const error = claim.failure ?? failure;
        if (error) return Promise.reject(error());
        if (!endRefresh) start(token ? 'ended' : isRepeat ? 'refused' : 'absent');
        // It brings its own token, or another. What is held has to be looked at anew.
        return new Promise<Token | undefined>((resolve) => waiters.push(resolve)).then(attempt);
      }
      if (isRepeat) emit({ type: 'call-repeated', name });
      const sent = sendWith(token.text);
      // Its age is brought up to now. Near its end it is renewed in the background, once.
      token.left = lifeLeft(token);
      token.seenAt = clock.now();
      if (!endRefresh && token.left > 0 && token.left < token.renewAt) {
        token.renewAt = 0;
        start('near-end');
      }
      return sent.then((reading) => {
        if (reading.code === 1) {
          token.proven = true;
          return reading;
        }
        if (!reading.answer || reading.answer.code !== 903) throw reading;
        const cause = (token.refused = token.refused ?? reading);
        const refused = (): SessionError => createError('REFUSED', cause);
        if (held === token) {
          hold();
          // Got for this call, and accepted by nothing: the next would be refused as well.
          const isGotForIt = isRepeat || (token === fresh && lifeLeft(token) > 0);
          if (isGotForIt && !token.proven && claims.has(claim)) {
            emit({ type: 'loop-broken', name });
            fail(refused);
          }
        }
        if (isRepeat) throw refused();
        isRepeat = true;
        return attempt();
      });
    }

    return attempt();
  }

  return {
    run,
    forget() {
      const former = find();
      turnTo();
      endRefresh?.({ type: 'refresh-failed', reason: 'CLEARED' });
      return former?.text;
    },
  };
}
