import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { buildSync } from 'esbuild';
import * as errors from '../../miniprogram/session/errors';
import * as session from '../../miniprogram/session/session';

/** The code of the session, as a kind of phone runs it. */
export interface Phone {
  readonly createSession: typeof session.createSession;
  readonly isSessionError: typeof errors.isSessionError;
  /** What promises have still to run, where that is no microtask. */
  readonly jobs?: (() => void)[];
}

/** A phone on which promises run in microtasks: all but those below. */
export const phone: Phone = { ...session, ...errors };

/**
 * A phone with iOS 15 or older: there WeChat's promises run in timers, so that an answer or a time
 * limit can come between any two of their steps.
 */
export function oldPhone(): Phone {
  code ??= build();
  const jobs: (() => void)[] = [];
  let built: Phone | undefined;
  runInNewContext(code, {
    Promise: promiseOnTimers(jobs),
    ...{ Error, Object, Set, TypeError, WeakSet },
    receive(parts: Omit<Phone, 'jobs'>) {
      built = { ...parts, jobs };
    },
  });
  if (!built) throw new Error('the session was not built');
  return built;
}

let code: string | undefined;

function build(): string {
  const { outputFiles } = buildSync({
    stdin: {
      contents: "export * from './session'; export * from './errors';",
      resolveDir: path.resolve(__dirname, '../../miniprogram/session'),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    target: 'es2016',
    format: 'iife',
    globalName: 'phone',
  });
  return `${outputFiles[0]?.text ?? ''}; receive(phone);`;
}

type Settle = (value: unknown) => void;

/** A `Promise` whose jobs wait in a list until somebody runs them. */
function promiseOnTimers(jobs: (() => void)[]): unknown {
  return class TimerPromise {
    #state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
    #value: unknown;
    #reactions: (() => void)[] = [];

    constructor(executor: (resolve: Settle, reject: Settle) => void) {
      let isResolved = false;
      const once =
        (act: Settle): Settle =>
        (value) => {
          if (isResolved) return;
          isResolved = true;
          act(value);
        };
      const reject = once((reason) => {
        this.#settle('rejected', reason);
      });
      try {
        executor(
          once((value) => {
            this.#adopt(value);
          }),
          reject,
        );
      } catch (error) {
        reject(error);
      }
    }

    static resolve(value?: unknown): TimerPromise {
      return value instanceof TimerPromise
        ? value
        : new TimerPromise((resolve) => {
            resolve(value);
          });
    }

    static reject(reason?: unknown): TimerPromise {
      return new TimerPromise((_, reject) => {
        reject(reason);
      });
    }

    then(onFulfilled?: unknown, onRejected?: unknown): TimerPromise {
      return new TimerPromise((resolve, reject) => {
        const react = (): void => {
          jobs.push(() => {
            const handler = this.#state === 'fulfilled' ? onFulfilled : onRejected;
            try {
              if (typeof handler === 'function')
                resolve(Reflect.apply(handler, undefined, [this.#value]));
              else if (this.#state === 'fulfilled') resolve(this.#value);
              else reject(this.#value);
            } catch (error) {
              reject(error);
            }
          });
        };
        if (this.#state === 'pending') this.#reactions.push(react);
        else react();
      });
    }

    catch(onRejected: unknown): TimerPromise {
      return this.then(undefined, onRejected);
    }

    #adopt(value: unknown): void {
      const then: unknown =
        typeof value === 'object' && value !== null ? Reflect.get(value, 'then') : undefined;
      if (typeof then !== 'function') {
        this.#settle('fulfilled', value);
        return;
      }
      const settle = (state: 'fulfilled' | 'rejected') => (result: unknown) => {
        if (state === 'fulfilled') this.#adopt(result);
        else this.#settle(state, result);
      };
      jobs.push(() => {
        Reflect.apply(then, value, [settle('fulfilled'), settle('rejected')]);
      });
    }

    #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
      this.#state = state;
      this.#value = value;
      for (const react of this.#reactions) react();
      this.#reactions = [];
    }
  };
}
