/** The log of one call. */
export interface CallLog {
  /** Takes a line that the function prints. */
  line(text: string): void;
  /** The call has ended. */
  end(summary: string): void;
}

/** The logs of the calls: printed, one line a call if that is enough, and the latest kept by request. */
export interface Logs {
  begin(functionName: string, requestId: string): CallLog;
  /** @returns The lines kept for a request, or undefined if none are. */
  of(requestId: string): readonly string[] | undefined;
}

/** What is kept. */
const limits = { requests: 300, lines: 100, characters: 2000 };

/** What is printed of one call, in characters: enough for anybody who reads. */
const printedCharacters = 2_000_000;

/** A call that takes longer, in milliseconds, has its lines printed as they come. */
const patience = 1000;

/** @param print - Takes each line. */
export function createLogs(print: (line: string) => void): Logs {
  const kept = new Map<string, string[]>();

  function keep(requestId: string): (line: string) => void {
    const lines: string[] = [];
    kept.set(requestId, lines);
    const oldest = kept.keys().next().value;
    if (kept.size > limits.requests && oldest !== undefined) kept.delete(oldest);
    return (line) => {
      if (lines.length < limits.lines) lines.push(line.slice(0, limits.characters));
    };
  }

  return {
    begin(functionName, requestId) {
      const name = `${functionName} ${requestId.slice(0, 8)}`;
      const keepLine = keep(requestId);
      let held: string[] | undefined = [];
      let left = printedCharacters;
      const release = (): void => {
        for (const line of held ?? []) print(`${name} | ${line}`);
        held = undefined;
      };
      const timer = setTimeout(release, patience);
      timer.unref();
      return {
        line(text) {
          if (left < 0) return;
          left -= text.length + 1;
          const shown = left < 0 ? '(what else it prints is not shown)' : text;
          keepLine(shown);
          if (held === undefined) print(`${name} | ${shown}`);
          else held.push(shown);
        },
        end(summary) {
          clearTimeout(timer);
          keepLine(summary);
          const only = held?.length === 1 ? ` ${held[0] ?? ''}` : '';
          if (only === '') release();
          print(`${functionName} ${summary}${only}`);
        },
      };
    },
    of: (requestId) => kept.get(requestId),
  };
}

/** @param ms - Unix time. @returns Hours, minutes and seconds of this machine's time zone. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
