import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Versions } from './versions';

/** An event stream with the version of the sources: the present one at once, then each new one. */
export function announce(c: Context, versions: Versions): Response {
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => {
      gone.abort();
    });
    const tell = (version: string): void => {
      void stream.writeSSE({ event: 'version', data: version });
    };
    tell(versions.current());
    await versions.follow(tell, gone.signal);
  });
}
