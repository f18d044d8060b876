import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { generate } from 'selfsigned';

/** A request to a host that is none of the cloud's: telemetry, an update check. */
export interface Refusal {
  readonly host: string;
  /** All that was received of it; of a refused CONNECT, its headers. */
  readonly text: string;
}

export interface Certificates {
  /** PEM of the authority that a client has to trust. */
  readonly authority: string;
  /** PEM of what the server shows. */
  readonly server: { readonly key: string; readonly cert: string };
}

/** Takes every connection of a process that goes through it, and answers for the cloud's hosts. */
export interface Proxy {
  readonly url: string;
  readonly refused: Refusal[];
  /** Comes once no connection is open. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * @param names - The hosts to answer for, as in a certificate: `*.` stands for one label.
 * @param answer - Takes each request to one of them.
 */
export async function startProxy(
  names: readonly string[],
  server: Certificates['server'],
  answer: RequestListener,
): Promise<Proxy> {
  const tls = createTlsServer(server, answer);
  const sockets = new Set<Socket>();
  const refused: Refusal[] = [];

  const proxy = createServer((request, response) => {
    // A request in the clear; the cloud's API has none.
    request.resume();
    refused.push({
      host: request.headers.host ?? '',
      text: [request.url, ...request.rawHeaders].join('\n'),
    });
    response.writeHead(403).end();
  });
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  proxy.on('connect', (request, stream, head: Buffer) => {
    const [host = ''] = (request.url ?? '').split(':');
    if (!names.some((name) => covers(name, host))) {
      refused.push({ host, text: request.rawHeaders.join('\n') });
      stream.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    stream.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) stream.unshift(head);
    tls.emit('connection', stream);
  });
  // A client that does not trust the authority, or is gone.
  tls.on('tlsClientError', (_, socket) => socket.destroy());
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    refused,
    idle: async () => {
      for (const socket of sockets) await new Promise((closed) => socket.once('close', closed));
    },
    stop: async () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, 'close');
    },
  };
}

/** @param names - The hosts that the certificate of the server is for. */
export async function makeCertificates(names: readonly string[]): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Stand-in of the cloud API' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
    ],
  });
  return { authority: authority.cert, server: { key: server.private, cert: server.cert } };
}

function covers(name: string, host: string): boolean {
  return name.startsWith('*.')
    ? host.endsWith(name.slice(1)) && !host.slice(0, 1 - name.length).includes('.')
    : host === name;
}
