import { Cron } from 'croner';
import { reason, ToolError } from '../command/tool-error';
import type { FunctionConfig, Timer } from '../project/cloudbaserc';
import type { Caller } from './environment';

/** Cloud timers count in UTC+8. */
const timezone = 'Asia/Shanghai';

type CallFunction = (name: string, event: unknown, caller: Caller) => Promise<unknown>;

export interface Timers {
  /**
   * Takes over which functions there are.
   *
   * @throws ToolError PROJECT if a pattern is malformed.
   */
  update(functions: readonly FunctionConfig[]): void;
  close(): void;
}

/**
 * Calls the functions that have timer triggers, when they are due, with the event that the cloud sends
 * (cloud.tencent.com/document/product/583/9708).
 */
export function createTimers(call: CallFunction, clock: () => number): Timers {
  let jobs: Cron[] = [];
  const close = (): void => {
    for (const job of jobs.splice(0)) job.stop();
  };
  return {
    update(functions) {
      close();
      jobs = functions.flatMap(({ name, timers }) =>
        timers.map((timer) =>
          schedule(name, timer, () => {
            const time = new Date(clock()).toISOString();
            const event = { Type: 'Timer', TriggerName: timer.name, Time: time, Message: '' };
            void call(name, event, { source: 'wx_trigger' });
          }),
        ),
      );
    },
    close,
  };
}

function schedule(functionName: string, timer: Timer, run: () => void): Cron {
  try {
    return new Cron(timer.pattern, { timezone, unref: true, mode: '7-part' }, run);
  } catch (error) {
    throw new ToolError(
      'PROJECT',
      `cloudbaserc.json: the timer ${timer.name} of ${functionName} is malformed: ${reason(error)}.`,
      error,
    );
  }
}
