import type { BusinessFunctions } from '../../contract';
import type { Transport } from '../../miniprogram/session/parts';
import { readSuccess } from '../../miniprogram/session/readers';
import { createSession, type Session } from '../../miniprogram/session/session';
import type { Measures } from './measures';
import type { Numbers } from './model';
import { callerOf, type Caller, type FunctionName } from './functions';
import type { Platform } from './platform';
import type { Random } from './random';
import type { Timeline } from './timeline';

/** The phones: what each has stored, and the visits of their users. */
export interface Phones {
  /** A user opens the mini program; its page calls at these times, in ms after that. */
  visit(phone: number, offsets: readonly number[]): void;
  /** How many ms the clock of a phone is off, at that moment. */
  clockError: (phone: number) => number;
}

export interface PhonesParts {
  readonly count: number;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly numbers: Numbers;
  readonly measures: Measures;
  readonly platform: Platform;
}

const functionNames: Record<string, FunctionName> = { gettoken: 'gettoken', orders: 'orders' };

export function createPhones(parts: PhonesParts): Phones {
  const { count, timeline, random, numbers, measures, platform } = parts;
  /** What the storage of each phone holds between its launches. */
  const slots = new Array<unknown>(count);

  const onWay = (run: () => void): void => {
    timeline.after(numbers.networkMs * random.spread(), run);
  };

  /** Calls a function through the network, there and back. */
  function callOver(caller: Caller): Transport {
    return (name, data) =>
      new Promise((resolve, reject) => {
        onWay(() => {
          const called = functionNames[name];
          if (called === undefined) throw new Error(`No function is called ${name}.`);
          platform.invoke(called, data, caller).then(
            (answer) => {
              onWay(() => {
                resolve(answer);
              });
            },
            (error: unknown) => {
              onWay(() => {
                reject(error instanceof Error ? error : new Error(String(error)));
              });
            },
          );
        });
      });
  }

  /** The real session of a launch. It is made anew for each, as on a phone. */
  function launch(phone: number): Session<BusinessFunctions> {
    const parts = {
      transport: callOver(callerOf(phone)),
      storage: {
        load: () => slots[phone],
        save: (value: unknown) => {
          slots[phone] = value;
        },
      },
      clock: {
        now: () => Math.floor(timeline.now() + phones.clockError(phone)),
        after: (ms: number, run: () => void) => timeline.after(ms, run),
      },
      random: random.next,
    };
    return createSession<BusinessFunctions>(parts, readSuccess);
  }

  const phones: Phones = {
    clockError: () => 0,
    visit(phone, offsets) {
      const session = launch(phone);
      const openedAt = timeline.now();
      measures.count('visits');

      /** One call of the page, and what its user does when it fails. */
      function ask(call: number, retries: number): void {
        const askedAt = timeline.now();
        measures.count('pageCalls');
        session.call('orders', {}).then(
          () => {
            measures.waited(timeline.now() - askedAt);
            next(call + 1);
          },
          () => {
            measures.count('failed');
            if (retries === 0) measures.count('givenUp');
            else {
              const pause = numbers.retryAfterSeconds * 1000 * random.spread();
              timeline.after(pause, () => {
                ask(call, retries - 1);
              });
            }
          },
        );
      }

      function next(call: number): void {
        const offset = offsets[call];
        if (offset === undefined) return;
        timeline.after(openedAt + offset - timeline.now(), () => {
          ask(call, numbers.retries);
        });
      }

      next(0);
    },
  };
  return phones;
}
