/** What is wrong with a source, as somebody who edits it needs to see it. */
export interface Fault {
  /** Absolute, until it is shown. */
  file: string;
  reason: string;
  /** From 1. */
  line?: number;
  /** From 1. */
  column?: number;
  /** The source line itself. */
  excerpt?: string;
}

/** The mini program's sources do not compile. */
export class SourcesError extends Error {
  readonly code = 'SOURCES';

  constructor(
    readonly faults: readonly [Fault, ...Fault[]],
    options?: ErrorOptions,
  ) {
    super(faults.map(describeFault).join('\n'), options);
    this.name = 'SourcesError';
  }
}

/** One line: where, and what. */
export function describeFault(fault: Fault): string {
  return `${placeOf(fault)}: ${fault.reason}`;
}

/** `file`, `file:line` or `file:line:column`, as editors open it. */
export function placeOf({ file, line, column }: Fault): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
