import { readMint } from './answers';
import type { Answered, CallFailed } from './errors';
import { createHeld, type Held } from './held';
import type { Clock } from './parts';
import type { Send } from './sender';

/** Asks for a new token, a few times if need be, and no more once `isOver`. Never rejects. */
export async function mint(
  send: Send,
  clock: Clock,
  random: () => number,
  isOver: () => boolean,
): Promise<Held | Answered | CallFailed> {
  const tryLimit = 3;
  /** The first pause between tries is half to all of this many milliseconds; the next, twice that. */
  const firstPause = 400;
  for (let tries = 1; ; tries += 1) {
    const sentAt = clock.now();
    const reading = await send('gettoken', {}, readMint);
    if (reading.code === 1) {
      return createHeld(reading.token, reading.expiresIn * 1000, sentAt);
    }
    // Below 500 it is the request that does not suit: another try would be answered the same.
    const isDefinite = (reading.answer?.code ?? 500) < 500;
    if (isDefinite || tries === tryLimit) return reading;
    const pause = firstPause * tries * (0.5 + random() / 2);
    await new Promise<void>((resolve) => clock.after(pause, resolve));
    if (isOver()) return reading;
  }
}
