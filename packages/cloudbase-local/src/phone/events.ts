import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Versions } from './versions';

/** How soon a browser looks again for a server that went away. */
const RETRY_MS = 500;

/** An event stream with the version of the sources: the present one at once, then each new one. */
export function announce(c: Context, versions: Versions): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => {
      gone.abort();
    });
    const tell = (version: string): void => {
      void stream.writeSSE({ event: 'version', data: version, retry: RETRY_MS });
    };
    tell(versions.current());
    await versions.follow(tell, gone.signal);
  });
}
