/** An error that the caller may see. Whatever else a handler throws is answered 500, without its message. */
export class PublicError extends Error {
  override readonly name = 'PublicError';

  /**
   * @param code - what the phone gets as `code`. 903 would have it renew its token, and 1 is success.
   * @param message - what the phone gets as `msg`.
   */
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}
