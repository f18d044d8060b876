import type { Readable } from 'node:stream';

/** The lines that a process prints on one stream. */
export interface Output {
  /** Waits until a line that equals the mark has come, or the stream has ended. */
  until(mark: string): Promise<void>;
}

/** Characters of one line; what comes after them is dropped, since a line without an end would fill the memory. */
const longestLine = 20_000;

/** @param line - Takes each line but the marks and the empty line that comes before one. */
export function readOutput(stream: Readable, line: (text: string) => void): Output {
  const marks = new Map<string, () => void>();
  let emptyLineHeld = false;
  let ended = false;
  let rest = '';

  function take(text: string): void {
    const marked = marks.get(text);
    if (emptyLineHeld && marked === undefined) line('');
    emptyLineHeld = text === '';
    if (marked !== undefined) marked();
    else if (text !== '') line(text);
  }

  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const text of lines) take(text.slice(0, longestLine).replace(/\r$/, ''));
  });
  stream.on('close', () => {
    if (rest !== '') take(rest);
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
