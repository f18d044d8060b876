import path from 'node:path';
import type { BuildFailure, Message } from 'esbuild';
import { reason } from '../command/tool-error';

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

/** Sources do not compile. */
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

/** @returns The fault with its file as a path from the project's folder. */
export function fromRoot(root: string, fault: Fault): Fault {
  return { ...fault, file: path.relative(root, fault.file) };
}

/** `file`, `file:line` or `file:line:column`, as editors open it. */
export function placeOf({ file, line, column }: Fault): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/**
 * An esbuild message as a fault.
 *
 * @param folder - Where esbuild ran.
 * @param fallback - Names the file if the message names none.
 */
export function faultOf({ text, location }: Message, folder: string, fallback: string): Fault {
  if (!location) return { file: fallback, reason: text };
  const { file, line, column, lineText } = location;
  return {
    file: path.resolve(folder, file),
    line,
    column: column + 1,
    reason: text,
    excerpt: lineText,
  };
}

/**
 * What is wrong with the sources, whatever a build of them threw.
 *
 * @param folder - Where esbuild ran.
 */
export function faultsOf(error: unknown, folder: string): readonly Fault[] {
  if (error instanceof SourcesError) return error.faults;
  if (!isBuildFailure(error)) return [{ file: folder, reason: reason(error) }];
  return error.errors.map((message) => faultOf(message, folder, folder));
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}
