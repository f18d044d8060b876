import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Hono } from 'hono';

/** What a mini program requires, built. */
const file = path.join(__dirname, '../connect/connect.js');

/** `GET /connect.js`: the file with which a mini program in WeChat DevTools makes this cloud its own. */
export function connectRoutes(): Hono {
  const routes = new Hono();
  routes.get('/connect.js', async (context) =>
    context.body(await readFile(file, 'utf8'), 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-store',
    }),
  );
  return routes;
}
