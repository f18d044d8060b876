import { once } from 'node:events';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { ToolError, reason, systemCode } from '../command/tool-error';

/** A port of this machine that is ours. */
export interface Listener {
  readonly port: number;
  /** From now on requests are answered; earlier ones wait. */
  serve(app: Hono): void;
  close(): Promise<void>;
}

/**
 * Takes a port on 127.0.0.1 only.
 *
 * @param wanted - 0 for any free one.
 * @throws ToolError PORT_IN_USE or, if the system refuses otherwise, SETTINGS.
 */
export async function listen(wanted: number): Promise<Listener> {
  let serve: (app: Hono) => void = () => undefined;
  const answering = new Promise<ReturnType<typeof getRequestListener>>((resolve) => {
    serve = (app) => {
      resolve(getRequestListener(app.fetch));
    };
  });
  // Node.js drops a request that nobody listens for, and its client waits for ever.
  const server = createServer((request, response) => {
    void answering.then((answer) => answer(request, response));
  });
  try {
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw refused(wanted, error);
  }
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : wanted,
    serve,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function refused(port: number, error: unknown): ToolError {
  return systemCode(error) === 'EADDRINUSE'
    ? new ToolError(
        'PORT_IN_USE',
        `Port ${port} is in use; choose another one with PORT, such as PORT=0 for any free one.`,
        error,
      )
    : new ToolError('SETTINGS', `Cannot listen on port ${port}: ${reason(error)}.`, error);
}
