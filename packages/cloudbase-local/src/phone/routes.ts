import { Hono } from 'hono';
import { bundleAsset, type Asset } from './compile/bundle';
import { faultDocument, phoneDocument, shellDocument } from './documents';
import { announce } from './events';
import { SourcesError } from './compile/fault';
import { fresh, secure } from './headers';
import { createPhone } from './phone';
import { readUsers } from '../project/users';

export interface PreviewOptions {
  /** The project's folder, with miniprogram/ and database/ in it. */
  root: string;
  /** Takes a line for the developer. */
  log: (line: string) => void;
}

export interface Preview {
  /** To be mounted at `/`, beside `/invoke`. */
  routes: Hono;
  /** Stops watching the sources and ends the open event streams. */
  close(): Promise<void>;
}

const script = { ...fresh, 'content-type': 'text/javascript; charset=utf-8' };
const style = { ...fresh, 'content-type': 'text/css; charset=utf-8' };

/**
 * The preview: the mini program's page in a phone-like frame in a browser, calling the local cloud. Sources are
 * compiled when they are asked for, and the browser reloads after a change.
 */
export function createPreview({ root, log }: PreviewOptions): Preview {
  const phone = createPhone(root, log);
  const routes = new Hono();
  const serveAsset = (address: string, asset: Asset, headers: Record<string, string>): void => {
    let text: Promise<string> | undefined;
    routes.get(address, async (c) => c.body(await (text ??= bundleAsset(asset)), 200, headers));
  };

  routes.onError((error, c) => {
    log(`preview: ${error.message}`);
    const known = error instanceof SourcesError;
    return c.text(known ? error.message : '预览出错了，原因见终端。', 500);
  });
  routes.get('/', secure("'none'"), async (c) =>
    c.html(shellDocument(await readUsers(root)), 200, fresh),
  );
  serveAsset('/preview/shell.js', 'frame/shell.ts', script);
  serveAsset('/preview/shell.css', 'frame/shell.css', style);
  serveAsset('/preview/phone.css', 'screen/phone.css', style);

  routes.get('/phone', secure("'self'"), async (c) => {
    const { version, built } = await phone.current();
    return built.ok
      ? c.html(phoneDocument(version), 200, fresh)
      : c.html(faultDocument(version, built.error), 500, fresh);
  });
  routes.get('/preview/phone.js', async (c) => {
    const { built } = await phone.current();
    return built.ok ? c.body(built.code, 200, script) : c.notFound();
  });
  routes.get('/preview/events', (c) => announce(c, phone.versions));

  return {
    routes,
    close() {
      phone.close();
      return Promise.resolve();
    },
  };
}
