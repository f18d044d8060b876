import { Cron } from 'croner';
import { ToolError, reason } from '../command/tool-error';
import type { Host } from './host';
import type { FunctionConfig, Timer } from '../project/cloudbaserc';

/** Cloud timers count in UTC+8. */
const timezone = 'Asia/Shanghai';

export interface Timers {
  close(): void;
}

/**
 * Calls the functions that have timer triggers, when they are due, with the event that the cloud sends
 * (cloud.tencent.com/document/product/583/9708).
 *
 * @throws ToolError PROJECT if a pattern is malformed.
 */
export function startTimers(
  functions: readonly FunctionConfig[],
  host: Host,
  clock: () => number,
): Timers {
  const jobs = functions.flatMap(({ name, timers }) =>
    timers.map((timer) =>
      schedule(name, timer, () => {
        void host.call(
          name,
          {
            Type: 'Timer',
            TriggerName: timer.name,
            Time: new Date(clock()).toISOString(),
            Message: '',
          },
          { source: 'wx_trigger' },
        );
      }),
    ),
  );
  return {
    close() {
      for (const job of jobs) job.stop();
    },
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
