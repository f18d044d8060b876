import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';

/** A database request on its way from a function to the cloud. */
export interface DatabaseRequest {
  readonly action: string;
  readonly collection: string;
}

export type Fault =
  /** The database answers an error and does nothing. */
  | 'error'
  /** The database gives no answer and does nothing. */
  | 'hang'
  /** The connection is cut before the database is reached. */
  | 'cut'
  /** The database does its work, and the connection is cut before its answer. */
  | 'lost';

export interface FaultProxy {
  readonly url: string;
  /** Where the requests go to. */
  forwardTo(url: string): void;
  /** Which of the next requests fails, counted from 0, and how; `undefined` heals. */
  fail(position: number | undefined, fault?: Fault): void;
  /** What happens as each request arrives; the request waits for it. */
  beforeEach(happening: Happening): void;
  /** What happens once a function waits for nothing but an answer that never comes. */
  whenHanging(happening: () => void): void;
  /** How long each request is held back, in ms. */
  delay(ms: number): void;
  /** Settles when so many requests are on their way at the same time. */
  untilInFlight(count: number): Promise<void>;
  /** The requests since the last call of this, in order of arrival. */
  takeRequests(): DatabaseRequest[];
  stop(): Promise<void>;
}

type Happening = (request: DatabaseRequest) => Promise<void> | undefined;

/** How long nothing else must be under way before a function is taken to wait for a hanging request alone. */
const quiet = 30;

const bodySchema = v.object({ action: v.string(), collectionName: v.optional(v.string(), '') });

/** Stands between the SDK in the functions and the local cloud's database. */
export async function startFaultProxy(): Promise<FaultProxy> {
  let target = '';
  let delay = 0;
  let happening: Happening = () => undefined;
  let hanging = (): void => undefined;
  let faulty: { position: number; fault: Fault } | undefined;
  let requests: DatabaseRequest[] = [];
  let inFlight = 0;
  let arrived = 0;
  let waiting: { count: number; resolve: () => void }[] = [];

  const untilAlone = async () => {
    for (let seen = -1; seen !== arrived;) {
      seen = arrived;
      await new Promise((resolve) => setTimeout(resolve, quiet));
    }
  };
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await readAll(incoming);
    const { action, collectionName } = v.parse(bodySchema, JSON.parse(body.toString()));
    arrived += 1;
    inFlight += 1;
    for (const { count, resolve } of waiting) if (inFlight >= count) resolve();
    waiting = waiting.filter(({ count }) => inFlight < count);
    const databaseRequest = { action, collection: collectionName };
    const position = requests.push(databaseRequest) - 1;
    await happening(databaseRequest);
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    inFlight -= 1;
    const fault = faulty?.position === position ? faulty.fault : undefined;
    if (fault === 'hang') await untilAlone().then(hanging);
    else if (fault === 'cut') incoming.socket.destroy();
    else if (fault === 'error') {
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify({ code: 'DATABASE_REQUEST_FAILED', message: 'disturbed' }));
    } else {
      const answer = await forward(target, incoming, body);
      if (fault === 'lost') incoming.socket.destroy();
      else outgoing.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    }
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => {
      outgoing.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    forwardTo: (url) => {
      target = url;
    },
    fail: (position, fault = 'error') => {
      faulty = position === undefined ? undefined : { position, fault };
      requests = [];
    },
    beforeEach: (given) => {
      happening = given;
    },
    whenHanging: (given) => {
      hanging = given;
    },
    delay: (ms) => {
      delay = ms;
    },
    untilInFlight: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
      }),
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

export function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('the server is not listening');
  return address.port;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, host: new URL(target).host };
    const onward = request(
      `${target}${incoming.url ?? ''}`,
      { method: 'POST', headers },
      (answer) => {
        readAll(answer).then(resolve, reject);
      },
    );
    onward.on('error', reject);
    onward.end(body);
  });
}
