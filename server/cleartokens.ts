import type { ClearTokensAnswer, CloudFailure } from '../contract';
import { malformed } from './answers';
import type { Call } from './serve';

/** The most documents one query of the cloud gives. */
const batchSize = 1000;

/**
 * The function `cleartokens`: removes expired tokens in batches until none is left or its time is
 * nearly up. Safe to run twice at once: each removal asks again whether the token is expired.
 *
 * It is for the timer (and for whoever administers the environment). A call that WeChat sends for a
 * user, or through HTTP access, is refused: neither has any business here, and the number of tokens is not theirs to know. Nothing is
 * read from the event: whatever a trigger sends, the tokens go.
 */
export async function cleartokens(call: Call): Promise<Exclude<ClearTokensAnswer, CloudFailure>> {
  const { caller, collections, now, remaining } = call;
  if (caller !== undefined) return malformed('OPENID', '只接受定时触发器的调用');

  const { command, tokens } = collections;
  const expired = { expiresAt: command.lte(new Date(now())) };
  let removed = 0;
  let longestBatch = 0;
  for (;;) {
    // The next batch may be slower than any before it.
    if (remaining() <= 2 * longestBatch) return { code: 1, removed, more: true };
    const started = now();
    const ids = await tokens.findIds({ filter: expired, limit: batchSize });
    if (ids.length > 0) removed += await tokens.remove({ _id: command.in(ids), ...expired });
    if (ids.length < batchSize) return { code: 1, removed, more: false };
    longestBatch = Math.max(longestBatch, now() - started);
  }
}
