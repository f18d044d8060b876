import type { ChildProcess } from 'node:child_process';
import { parseReport, type Report } from './protocol';

/** What comes of an instance: a report, or its end, in words. */
export type Event =
  | { readonly report: Report; readonly ended?: undefined }
  | { readonly report?: undefined; readonly ended: string };

/** What comes of one instance, for one who waits at a time. */
export interface Events {
  /**
   * @param pick - Makes something of an event, or lets it pass.
   * @param ms - How long to wait.
   * @returns What `pick` made, or `late`.
   */
  next<T>(pick: (event: Event) => T | undefined, ms: number, late: T): Promise<T>;
}

/**
 * Whoever waits is called and forgotten. A promise of the process's end, raced at each call, would keep every call in
 * memory for as long as the process lives.
 */
export function listenTo(child: ChildProcess): Events {
  let waiting: ((event: Event) => void) | undefined;
  let end: Event | undefined;

  const finish = (how: string): void => {
    end ??= { ended: how };
    waiting?.(end);
  };
  child.on('message', (message) => {
    const report = parseReport(message);
    if (report !== undefined) waiting?.({ report });
  });
  child.on('error', (error) => {
    finish(error.message);
  });
  child.once('exit', (code, signal) => {
    finish(signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`);
  });

  return {
    next: <T>(pick: (event: Event) => T | undefined, ms: number, late: T) =>
      new Promise<T>((resolve) => {
        const settle = (value: T): void => {
          clearTimeout(timer);
          waiting = undefined;
          resolve(value);
        };
        const timer = setTimeout(settle, ms, late);
        waiting = (event) => {
          const picked = pick(event);
          if (picked !== undefined) settle(picked);
        };
        if (end !== undefined) waiting(end);
      }),
  };
}
