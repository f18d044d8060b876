import { fieldsOf, isNumber, isText } from './answers';
import { elapsed } from './clock';
import type { Answered } from './errors';
import type { Emit } from './events';
import type { Clock, TokenStorage } from './parts';

/** A token and what the session knows of it. Times are in milliseconds. */
export interface Held {
  readonly token: string;
  /** What was left of its life, at most, when the clock showed `seenAt`. */
  left: number;
  seenAt: number;
  /** With less than this left it is renewed in the background; 0 once that was tried. */
  renewAt: number;
  /** Whether a business function has accepted it. */
  proven?: boolean;
  /** The first answer that refused it: the cause that all calls refused with it share. */
  refusal?: Answered;
}

/** A token that has `left` ms to live; it is near its end in the last tenth, 5 min at most. */
export function createHeld(token: string, left: number, seenAt: number): Held {
  return { token, left, seenAt, renewAt: Math.min(left / 10, 300_000) };
}

/**
 * The milliseconds of life left: less by what the clock has moved on since it was last read. A clock
 * that jumped back takes nothing away, nor does it add: then the cloud's 903 decides.
 */
export function lifeLeft(held: Held, clock: Clock): number {
  held.left -= elapsed(clock, held.seenAt);
  held.seenAt = clock.now();
  return held.left;
}

/** Reads what the storage holds; nothing when that is nothing. */
function readStored(stored: unknown): Held | undefined {
  if (!stored) return undefined;
  const { v, token, left, seenAt } = fieldsOf(stored);
  if (v !== 1 || !isText(token) || !isNumber(left) || !isNumber(seenAt)) throw new TypeError();
  return createHeld(token, left, seenAt);
}

/** The one owner of the held token, in memory and in the storage. */
export interface Keeper {
  /** The newest token that is not known to be refused. The storage is read at the first use. */
  readonly held: () => Held | undefined;
  /** Holds another token from now on, or none. */
  readonly hold: (next?: Held) => void;
}

export function createKeeper(storage: TokenStorage, emit: Emit): Keeper {
  let held: Held | undefined;
  let loaded = false;

  function attempt(action: 'load' | 'save', run: () => void): void {
    loaded = true;
    try {
      run();
    } catch {
      emit({ type: 'storage-failed', action });
    }
  }

  return {
    held() {
      if (!loaded) attempt('load', () => (held = readStored(storage.load())));
      return held;
    },
    hold(next) {
      held = next;
      attempt('save', () => {
        storage.save(next && { v: 1, token: next.token, left: next.left, seenAt: next.seenAt });
      });
    },
  };
}
