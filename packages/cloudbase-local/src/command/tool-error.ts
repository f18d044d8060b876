import { isNativeError } from 'node:util/types';

/** A failure that is expected: its message tells who runs the command what is wrong and how to get on. */
export class ToolError<Code extends string = string> extends Error {
  override readonly name = 'ToolError';

  /**
   * @param code - What kind of failure it is, such as `PORT_IN_USE`.
   * @param cause - The error that lies behind it.
   */
  constructor(
    readonly code: Code,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

export function isToolError(error: unknown): error is ToolError {
  return error instanceof ToolError;
}

// Errors of Node's own modules belong to another realm where a test runner makes one: no `instanceof`.

/** @returns What went wrong, in one line and without a stack. */
export function reason(error: unknown): string {
  const text = isNativeError(error) ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}

/** @returns The system's error code, such as `ENOENT`; undefined if the error has none. */
export function systemCode(error: unknown): string | undefined {
  if (!isNativeError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
