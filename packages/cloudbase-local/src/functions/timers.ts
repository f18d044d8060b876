import { Cron } from 'croner';
import { reason } from '../command/tool-error';
import type { FunctionConfig } from '../project/cloudbaserc';
import type { Caller } from './environment';

/** Cloud timers count in UTC+8. */
const timezone = 'Asia/Shanghai';

type CallFunction = (name: string, event: unknown, caller: Caller) => Promise<unknown>;

export interface Timers {
  /** Takes over which functions there are. A timer that is malformed is told, and never due. */
  update(functions: readonly FunctionConfig[]): void;
  close(): void;
}

/**
 * Calls the functions that have timer triggers, when they are due, with the event that the cloud sends
 * (cloud.tencent.com/document/product/583/9708).
 */
export function createTimers(
  call: CallFunction,
  clock: () => number,
  log: (line: string) => void,
): Timers {
  let jobs: Cron[] = [];
  const close = (): void => {
    for (const job of jobs.splice(0)) job.stop();
  };
  return {
    update(functions) {
      close();
      jobs = functions.flatMap(({ name, timers }) =>
        timers.flatMap((timer) => {
          const run = (): void => {
            const time = new Date(clock()).toISOString();
            const event = { Type: 'Timer', TriggerName: timer.name, Time: time, Message: '' };
            void call(name, event, { source: 'wx_trigger' });
          };
          try {
            return new Cron(timer.pattern, { timezone, unref: true, mode: '7-part' }, run);
          } catch (error) {
            log(
              `The timer ${timer.name} of ${name} is malformed, and never due: ${reason(error)}.`,
            );
            return [];
          }
        }),
      );
    },
    close,
  };
}
