import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { Hono } from 'hono';
import { fresh } from './headers';

/** What a mini program shows or plays. Its sources are not among them. */
const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.bmp': 'image/bmp',
  '.ico': 'image/x-icon',
  '.svg': 'image/svg+xml',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
  '.wav': 'audio/wav',
  '.mp4': 'video/mp4',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** `GET /mini-program/<path>`: a picture, a sound or a font of the mini program. */
export function fileRoutes(folder: string): Hono {
  const routes = new Hono();
  routes.get('/mini-program/*', async (c) => {
    const name = decodeURIComponent(c.req.path.slice('/mini-program/'.length));
    const type = types[path.extname(name).toLowerCase()];
    const file = type === undefined ? undefined : await fileIn(folder, name);
    if (type === undefined || file === undefined) return c.notFound();
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream;
    // An SVG that is opened as a page runs nothing.
    const headers = { ...fresh, 'content-type': type, 'content-security-policy': 'sandbox' };
    return c.body(body, 200, headers);
  });
  return routes;
}

/** @returns The real path of a regular file in the folder; undefined if there is none, or a link leads out of it. */
async function fileIn(folder: string, name: string): Promise<string | undefined> {
  try {
    const [root, file] = await Promise.all([realpath(folder), realpath(path.join(folder, name))]);
    const isInside = file.startsWith(root + path.sep);
    return isInside && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
