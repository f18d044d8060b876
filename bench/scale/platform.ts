import type { Database } from '../../server/sdk';
import { callFunction, type Caller, type Environment, type FunctionName } from './functions';
import type { Measures } from './measures';
import type { Numbers } from './model';
import type { Random } from './random';
import { openDatabase, type Done, type Send, type Store } from './store';
import type { Timeline } from './timeline';

/** The cloud's limits and times around the real functions. */
export interface Platform {
  /** A call as the platform passes it to an instance; rejects where it turns the call away. */
  invoke(name: FunctionName, event: object, caller: Caller | undefined): Promise<unknown>;
  /** All instances are of an older version from now on: the next calls start new ones. */
  replaceInstances(): void;
  /** The settings of the functions from the next call on. */
  settings: Environment;
  /** Which functions cannot be reached at all. */
  readonly down: Set<FunctionName>;
  /** ms that each database request takes longer. */
  databaseDelay: number;
  /** The database as an administrator reaches it: at once, and uncounted. */
  readonly administration: Database;
  /** Measures what there is at this moment. */
  sample(): void;
}

export interface PlatformParts {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly numbers: Numbers;
  readonly measures: Measures;
  readonly store: Store;
  readonly settings: Environment;
  /** Bytes for tokens and for the jitter of their lives. */
  readonly bytes: (size: number) => Buffer;
}

/** The instances of one function, of one version. */
interface Pool {
  /** Calls that run. */
  calls: number;
  /** Instances that have one. */
  busy: number;
  /** Since when the others have none, the longest first. */
  readonly idle: number[];
  /** How many of `idle` were taken away from its beginning. */
  gone: number;
  /** How many stay however long nobody calls. */
  readonly preset: number;
}

const sizeOf = ({ busy, idle, gone }: Pool): number => busy + idle.length - gone;

export function createPlatform(parts: PlatformParts): Platform {
  const { timeline, random, numbers, measures, store } = parts;
  const wholeNow = (): number => Math.floor(timeline.now());
  const startsInMinute = createWindow(60_000);
  const callsInSecond = createWindow(1000);
  let pools = createPools();
  const database = openDatabase(store, createConnections());

  const platform: Platform = {
    invoke,
    replaceInstances() {
      pools = createPools();
    },
    settings: parts.settings,
    down: new Set(),
    databaseDelay: 0,
    administration: openDatabase(store, (_kind, work) => Promise.resolve(work().result)),
    sample() {
      const all = Object.values(pools);
      all.forEach(reclaim);
      measures.sample({
        instances: all.reduce((sum, pool) => sum + sizeOf(pool), 0),
        liveTokens: store.tokens.liveAt(timeline.now()),
        storedTokens: store.tokens.size,
      });
    },
  };

  /** Counts up to a limit within each minute, or second, of the clock. */
  function createWindow(width: number): (limit: number) => boolean {
    let current = -1;
    let count = 0;
    return (limit) => {
      const at = Math.floor(timeline.now() / width);
      if (at !== current) count = 0;
      current = at;
      if (count >= limit) return false;
      count += 1;
      return true;
    };
  }

  function createPools(): Record<FunctionName, Pool> {
    const create = (preset: number): Pool => {
      const idle = Array.from({ length: preset }, () => timeline.now());
      return { calls: 0, busy: 0, idle, gone: 0, preset };
    };
    return {
      gettoken: create(numbers.presetInstances),
      orders: create(numbers.presetInstances),
      cleartokens: create(0),
    };
  }

  function reclaim(pool: Pool): void {
    const before = timeline.now() - numbers.keepSeconds * 1000;
    while (sizeOf(pool) > pool.preset && (pool.idle[pool.gone] ?? Infinity) < before)
      pool.gone += 1;
    if (pool.gone > 1000) {
      pool.idle.splice(0, pool.gone);
      pool.gone = 0;
    }
  }

  /** Makes room for one more call: ms until an instance has it, or `undefined` where the platform gives none. */
  function take(pool: Pool): number | undefined {
    let wait = 0;
    if (pool.calls === pool.busy * numbers.callsPerInstance) {
      reclaim(pool);
      if (pool.idle.length > pool.gone) pool.idle.pop();
      else if (sizeOf(pool) >= numbers.instancesPerFunction) return undefined;
      else if (!startsInMinute(numbers.newInstancesPerMinute)) return undefined;
      else {
        measures.count('coldStarts');
        wait = (numbers.containerMs + numbers.coldStartMs) * random.spread();
      }
      pool.busy += 1;
    }
    pool.calls += 1;
    return wait;
  }

  function release(pool: Pool): void {
    pool.calls -= 1;
    while ((pool.busy - 1) * numbers.callsPerInstance >= pool.calls && pool.busy > 0) {
      pool.busy -= 1;
      pool.idle.push(timeline.now());
    }
  }

  function invoke(name: FunctionName, event: object, caller: Caller | undefined): Promise<unknown> {
    const pool = pools[name];
    const isLetIn =
      !platform.down.has(name) && (caller === undefined || callsInSecond(numbers.callsPerSecond));
    const wait = isLetIn ? take(pool) : undefined;
    if (wait === undefined) {
      measures.count('turnedAway');
      return Promise.reject(new Error('cloud.callFunction:fail'));
    }
    measures.count(name);
    const seconds = name === 'cleartokens' ? numbers.cleartokensTimeout : numbers.callTimeout;
    const work = numbers.workMs * random.spread();
    return new Promise((resolve, reject) => {
      timeline.after(wait + work, () => {
        const startedAt = timeline.now();
        const env = platform.settings;
        const instance = { database, env, random: parts.bytes, now: wholeNow };
        callFunction(name, instance, event, caller, seconds).then((answer) => {
          release(pool);
          measures.ran(work + timeline.now() - startedAt);
          if (answer.code === 903) measures.count('refused');
          if (answer.code === 429) measures.count('tooMany');
          if (answer.code === 500) measures.count('cloudFailures');
          resolve(answer);
        }, reject);
      });
    });
  }

  /** The database: its connections, what it can do in a second, and the way to it and back. */
  function createConnections(): Send {
    let nextFree = 0;
    let busy = 0;
    return <T>(kind: 'read' | 'write', work: () => Done<T>) =>
      new Promise<T>((resolve, reject) => {
        if (busy >= numbers.databaseConnections) {
          measures.count('noConnection');
          reject(new Error('LimitExceeded.NoValidConnection'));
          return;
        }
        busy += 1;
        measures.count(kind === 'read' ? 'reads' : 'writes');
        const now = timeline.now();
        nextFree = Math.max(now, nextFree) + 1000 / numbers.databasePerSecond;
        const way = numbers.databaseMs * random.spread() + platform.databaseDelay;
        const back = (settle: () => void, documents: number): void => {
          const more = (documents * numbers.databaseDocumentMicroseconds) / 1000;
          timeline.after(way / 2 + more, () => {
            busy -= 1;
            settle();
          });
        };
        timeline.after(nextFree - now + way / 2, () => {
          try {
            const { result, documents } = work();
            back(() => {
              resolve(result);
            }, documents);
          } catch (error) {
            back(() => {
              reject(error instanceof Error ? error : new Error(String(error)));
            }, 0);
          }
        });
      });
  }

  return platform;
}
