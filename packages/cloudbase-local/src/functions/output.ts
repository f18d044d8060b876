import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The lines that a process prints on one stream. */
export interface Output {
  /** Waits until a line that equals the mark has come, or the stream has ended. */
  until(mark: string): Promise<void>;
}

/** @param line - Takes each line but the marks and the empty line that comes before one. */
export function readOutput(stream: Readable, line: (text: string) => void): Output {
  const marks = new Map<string, () => void>();
  let emptyLineHeld = false;
  let ended = false;
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on('line', (text) => {
    const marked = marks.get(text);
    if (emptyLineHeld && marked === undefined) line('');
    emptyLineHeld = text === '';
    if (marked !== undefined) marked();
    else if (text !== '') line(text);
  });
  lines.on('close', () => {
    ended = true;
    for (const finish of marks.values()) finish();
  });
  return {
    until: (mark) =>
      new Promise((resolve) => {
        if (ended) {
          resolve();
          return;
        }
        marks.set(mark, () => {
          marks.delete(mark);
          resolve();
        });
      }),
  };
}
