import type { MintSuccess } from '../../contract';
import {
  createError,
  type Answered,
  type CallFailed,
  type SessionError,
  type TimedOut,
} from './errors';
import type { Emit, RefreshReason } from './events';
import { elapsed, limit, type SessionParts, type StoredToken } from './parts';
import {
  fieldsOf,
  isNumber,
  isText,
  leastWait,
  type Fields,
  type ReadSuccess,
  type Send,
  type Succeeded,
} from './send';

/** A token and what is known of it. */
interface Token extends StoredToken {
  /** With less than so many seconds left it is renewed in the background; 0 once that was tried. */
  renewAt: number;
  expiresIn: number;
  seenAt: number;
  /** Whether a business function has accepted it. */
  proven?: boolean;
  /** The first answer that refused it: the cause that all calls refused with it share. */
  refused?: Answered;
}

/** A token is near its end in the last tenth of its life, 5 min at most. */
const createToken = (stored: StoredToken): Token =>
  Object.assign({ renewAt: Math.min(stored.expiresIn / 10, 300) }, stored);

/** Reads what `gettoken` answers to a request for a token. */
export const readMint: ReadSuccess<MintSuccess> = ({ token, expiresIn }) =>
  isText(token) && token && isNumber(expiresIn) && expiresIn >= 0
    ? { code: 1, token, expiresIn }
    : undefined;

/** Reads what an earlier launch, or anybody else, has left in the storage. */
function readStored(fields: Fields): StoredToken | undefined {
  const { seenAt } = fields;
  const mint = readMint(fields);
  return mint && isNumber(seenAt) ? Object.assign(mint, { seenAt }) : undefined;
}

/** Makes an error for one more of the calls that share its cause. */
type Failure = () => SessionError;

/** A call, as far as its token is concerned. */
export interface Claim {
  /** Lets the call go on that waits for a token; the refresh may bring one of its own. */
  wake?: ((fresh?: Token) => void) | undefined;
  /** Why it may not have another token: a refresh or a repeat failed since it began. */
  failure?: Failure;
}

/** Why a refresh failed: the code that `gettoken` answered, or that of the error which ended it. */
type Reason = number | SessionError['code'];

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
    /** How many seconds the token has to live, if it is not a new one. */
    least?: number,
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
  /** Seconds of the longest cool-down, whatever a 429 asks for. */
  const longestWait = 60;

  let held: Token | undefined;
  let isLoaded = false;
  /** Ends the refresh under way, if there is one, and wakes the calls that wait for it. */
  let endRefresh: ((reason?: Reason, fresh?: Token) => void) | undefined;
  let failure: Failure | undefined;
  /** Counts the tokens taken and the users who left: what was asked for earlier comes too late. */
  let epoch = 0;

  /** Holds what an earlier launch has left, the first time. */
  function load(): void {
    if (isLoaded) return;
    isLoaded = true;
    // Where it cannot be read at all, something that is not ours is there.
    let found: unknown = storage;
    try {
      found = storage.load();
    } catch {
      // Told below.
    }
    const stored = readStored(fieldsOf(found));
    if (stored) held = createToken(stored);
    else if (found) emit({ type: 'storage-failed' });
  }

  function hold(next?: StoredToken): void {
    held = next && createToken(next);
    try {
      storage.save(next);
    } catch {
      emit({ type: 'storage-failed' });
    }
  }

  /** Holds a new token, or none for the next user: what failed, and what was asked for, is past. */
  function turnTo(next?: StoredToken): void {
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

    /** Ends this refresh, with a token unless there is a reason, and wakes the calls that wait for it. */
    function end(reason?: Reason, fresh?: Token): void {
      const ms = elapsed(clock, startedAt);
      let waiters = 0;
      endRefresh = undefined;
      stop();
      claims.forEach((claim) => {
        if (claim.wake) {
          waiters += 1;
          claim.wake(fresh);
          claim.wake = undefined;
        }
      });
      emit({ type: 'refresh-ended', reason, ms, waiters });
    }

    /** Lets the next try begin, or the refresh end, when `ms` milliseconds have brought nothing. */
    function wait(ms: number): void {
      stop();
      stop = limit(clock, ms, () => {
        if (tries < tryLimit) ask();
        else giveUp(createError('TIMED_OUT'));
      });
    }

    function giveUp(error: Answered | CallFailed | TimedOut): void {
      const reason = error.answer?.code ?? error.code;
      end(reason);
      // The cloud knows no such user: a token asked for before that is past as well.
      if (reason === 401) turnTo();
      fail(() => createError('REFRESH_FAILED', error), error.answer?.retryAfter);
    }

    /** One try. Whichever answers first is taken, even when the refresh has failed meanwhile. */
    function ask(): void {
      const seenAt = clock.now();
      tries += 1;
      wait(silence);
      void send('gettoken', held ? { renews: held.token } : {}, readMint).then((reading) => {
        if (reading.code === 1) {
          // Another was taken since, or the user left.
          if (startEpoch !== epoch) return;
          turnTo(Object.assign(reading, { seenAt }));
          (endRefresh ?? end)(undefined, endRefresh === end ? held : undefined);
          return;
        }
        failures += 1;
        if (endRefresh !== end) return;
        // Below 500 it is the request that does not suit: another try would be answered the same.
        if (failures === tryLimit || (reading.answer?.code ?? 500) < 500) giveUp(reading);
        else if (failures === tries) wait(firstPause * tries * (0.5 + random() / 2));
      });
    }

    emit({ type: 'refresh-started', reason });
    endRefresh = end;
    ask();
  }

  /** Keeps the calls under way, and for a while all others, from asking for another token. */
  function fail(error: Failure, coolDown = leastWait): void {
    failure = error;
    clock.after(Math.min(coolDown, longestWait) * 1000, () => {
      if (failure === error) failure = undefined;
    });
    claims.forEach((claim) => {
      claim.failure = claim.failure ?? error;
    });
  }

  function run<Success extends Succeeded>(
    claim: Claim,
    name: string,
    sendWith: (token: string) => Promise<Success | Answered | CallFailed>,
    least = 0,
  ): Promise<Success> {
    let isRepeat = false;

    function attempt(fresh?: Token): Promise<Success> {
      // It has ended: nobody hears of this.
      if (!claims.has(claim)) throw new Error();
      const token = held;
      if (token) {
        // A clock that jumped back takes no life away, nor does it add: then the cloud's 903 decides.
        token.expiresIn -= elapsed(clock, token.seenAt) / 1000;
        token.seenAt = clock.now();
      }
      // A fresh token is tried even when it came so late that its life is over: the 903 decides.
      if (!token || (token !== fresh && token.expiresIn <= (least && least + token.renewAt))) {
        const error = claim.failure ?? failure;
        if (error) throw error();
        if (!endRefresh) start(token ? 'ended' : isRepeat ? 'refused' : 'absent');
        // It brings its own token, or another. What is held has to be looked at anew.
        return new Promise<Token | undefined>((resolve) => (claim.wake = resolve)).then(attempt);
      }
      if (isRepeat) emit({ type: 'call-repeated', name });
      const sent = sendWith(token.token);
      // Near its end it is renewed in the background, once, unless ready() has begun that.
      if (!endRefresh && token !== fresh && token.expiresIn < token.renewAt) {
        token.renewAt = 0;
        start('near-end');
      }
      return sent.then((reading) => {
        if (reading.code === 1) {
          token.proven = true;
          return reading;
        }
        // Its session_key does not fit: the next call has another fetched, and ready() waits for it.
        if (reading.answer?.code === 409) token.renewAt = Infinity;
        if (!reading.answer || reading.answer.code !== 903) throw reading;
        const cause = (token.refused = token.refused ?? reading);
        const refused: Failure = () => createError('REFUSED', cause);
        if (held === token) {
          hold();
          // Got for this call, and accepted by nothing: the next would be refused as well.
          const isGotForIt = isRepeat || (token === fresh && token.expiresIn > 0);
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

    load();
    return attempt();
  }

  return {
    run,
    forget() {
      load();
      const former = held;
      turnTo();
      endRefresh?.('CLEARED');
      return former?.token;
    },
  };
}
