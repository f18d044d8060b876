/** Which part of a deployment is not as it should be. */
export type DeployErrorCode =
  | 'BUILD'
  | 'CLOUD'
  | 'DATABASE'
  | 'FUNCTIONS'
  | 'INTERRUPTED'
  | 'LOGIN'
  | 'NODE'
  | 'PROJECT'
  | 'SETTINGS'
  | 'USAGE'
  | 'VERIFY';

/** A failure that is expected: its message says what is wrong and how to get on. */
export class DeployError extends Error {
  override readonly name = 'DeployError';

  constructor(
    readonly code: DeployErrorCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
