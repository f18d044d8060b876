import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Hono } from 'hono';
import { isToolError } from '../command/tool-error';
import type { Fault } from '../project/fault';
import type { ProjectConfig } from '../project/project-config';
import { readUsers } from '../project/users';
import { frameDocument, screenDocument } from './documents';
import { announce } from './events';
import { fileRoutes } from './files';
import { fresh, ownPagesOnly, secure } from './headers';
import { openMiniProgram } from './mini-program';
import { outboundRoutes } from './outbound';
import type { Panel } from './panel';

export interface PhoneOptions {
  /** The project's folder. */
  readonly root: string;
  readonly config: ProjectConfig;
  /** What stands beside the phone; undefined for the phone alone. */
  readonly panel: Panel | undefined;
  /** Gives what is wrong with the cloud functions' sources, files from the project's folder. */
  readonly functionFaults: () => Promise<readonly Fault[]>;
  /** Takes a line for the developer. */
  readonly log: (line: string) => void;
}

export interface Phone {
  /** To be mounted at `/`, beside `/invoke`. */
  readonly routes: Hono;
  /** Has each browser open the mini program anew. */
  refresh(): void;
  /** Stops watching the sources and ends the open event streams. */
  close(): void;
}

const script = { ...fresh, 'content-type': 'text/javascript; charset=utf-8' };
const style = { ...fresh, 'content-type': 'text/css; charset=utf-8' };

/** What runs in the browser, built. */
const browser = path.join(__dirname, 'browser');

/**
 * The mini program's page in a phone-like frame in a browser, calling the local cloud. Sources are compiled when they
 * are asked for, and the browser reloads after a change.
 */
export function createPhone(options: PhoneOptions): Phone {
  const { root, config, panel, functionFaults, log } = options;
  const miniProgram = openMiniProgram(root, config.miniProgram, log);
  const routes = new Hono();
  const serve = (
    address: string,
    headers: Record<string, string>,
    text: () => Promise<string>,
  ): void => {
    routes.get(address, async (c) => c.body(await text(), 200, headers));
  };
  const built = (file: string) => (): Promise<string> => readFile(path.join(browser, file), 'utf8');

  routes.onError((error, c) => {
    log(`preview: ${error.message}`);
    return c.text(isToolError(error) ? error.message : '预览出错了，原因见终端。', 500);
  });
  for (const address of ['/', '/phone', '/preview/*', '/mini-program/*'])
    routes.use(address, ownPagesOnly);
  routes.get('/', secure('frame'), async (c) => {
    const [users, html] = await Promise.all([readUsers(root), panel?.html()]);
    return c.html(frameDocument({ name: config.name, users, panel: html }), 200, fresh);
  });
  serve('/preview/frame.js', script, built('frame/frame.js'));
  serve('/preview/frame.css', style, built('frame/frame.css'));
  serve('/preview/screen.css', style, built('screen/screen.css'));
  if (panel !== undefined) {
    serve('/preview/panel.js', script, () => panel.script());
    serve('/preview/panel.css', style, () => panel.style());
  }

  routes.get('/phone', secure('screen'), async (c) => {
    const [{ version, built }, faults] = await Promise.all([
      miniProgram.current(),
      functionFaults(),
    ]);
    return c.html(screenDocument(version, faults), built.runs ? 200 : 500, fresh);
  });
  routes.get('/preview/screen.js', async (c) => {
    const { built } = await miniProgram.current();
    return c.body(built.code, 200, script);
  });
  routes.route('/', fileRoutes(config.miniProgram));
  routes.route('/', outboundRoutes());
  routes.get('/preview/events', (c) => announce(c, miniProgram.versions));

  return {
    routes,
    refresh() {
      miniProgram.refresh();
    },
    close() {
      miniProgram.close();
    },
  };
}
