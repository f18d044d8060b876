import { DatabaseError, DatabaseTimeout, type RunCall } from './collections';

/** Longest wait for one database call, in ms. */
export const databaseLimit = 3000;

/** Makes database calls on behalf of one invocation, limits and counts them. */
export interface Meter {
  readonly run: RunCall;
  /** How many times in a row it waited for the database: calls that need not wait for each other are one. */
  roundTrips(): number;
  /** How many calls it made. */
  calls(): number;
}

/** @param remaining - ms the invocation has left for the call that starts now. */
export function startMeter(remaining: () => number): Meter {
  let calls = 0;
  let roundTrips = 0;
  let finished = 0;
  return {
    async run(what, call) {
      calls += 1;
      // It waited for those that are finished by now, however many went side by side.
      const position = finished + 1;
      roundTrips = Math.max(roundTrips, position);
      try {
        return await within(Math.min(databaseLimit, remaining()), what, call());
      } catch (cause) {
        if (cause instanceof DatabaseTimeout) throw cause;
        throw new DatabaseError(`${what} failed`, { cause });
      } finally {
        finished = Math.max(finished, position);
      }
    },
    roundTrips: () => roundTrips,
    calls: () => calls,
  };
}

async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DatabaseTimeout(`${what} gave no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
