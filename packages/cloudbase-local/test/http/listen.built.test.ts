import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { Hono } from 'hono';
import { listen } from '../../dist/http/listen';

// A browser that looks for a cloud which is being started anew would wait for ever.
test('a request that is taken before there is an answer gets it', async () => {
  const listener = await listen(0);
  try {
    const early = request({
      port: listener.port,
      method: 'POST',
      headers: { expect: '100-continue' },
    });
    early.flushHeaders();
    await once(early, 'continue');
    const app = new Hono();
    app.post('/', (c) => c.text('here'));
    listener.serve(app);
    early.end();
    const [answer] = (await once(early, 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('here');
  } finally {
    await listener.close();
  }
}, 5000);
