/** Who says a log line: a function while it works for a request. */
export interface Source {
  readonly functionName: string;
  readonly requestId: string;
}

/** The log lines of the functions: printed, and the latest kept by request. */
export interface Logs {
  write(source: Source, text: string): void;
  /** @returns The lines kept for a request, or undefined if none are. */
  of(requestId: string): readonly string[] | undefined;
}

/** What is kept; everything is printed. */
const limits = { requests: 300, lines: 100, characters: 2000 };

/** @param print - Takes each line, prefixed by its function and request. */
export function createLogs(print: (line: string) => void): Logs {
  const kept = new Map<string, string[]>();

  function linesOf(requestId: string): string[] {
    const lines = kept.get(requestId) ?? [];
    kept.set(requestId, lines);
    const oldest = kept.keys().next().value;
    if (kept.size > limits.requests && oldest !== undefined) kept.delete(oldest);
    return lines;
  }

  return {
    write({ functionName, requestId }, text) {
      const lines = linesOf(requestId);
      if (lines.length < limits.lines) lines.push(text.slice(0, limits.characters));
      print(`[${functionName} ${requestId}] ${text}`);
    },
    of: (requestId) => kept.get(requestId),
  };
}
