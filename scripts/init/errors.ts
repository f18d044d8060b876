/** Something that whoever runs `npm run init` can put right; the message says how. It never holds a salt. */
export class InitError extends Error {
  override readonly name = 'InitError';

  constructor(
    readonly code: 'USAGE' | 'CANCELLED' | 'REFUSED' | 'FILE',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}
