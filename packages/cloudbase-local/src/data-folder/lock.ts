import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { isToolError, systemCode, ToolError } from '../command/tool-error';

/** A process that is stopped or busy holds its lock too; nobody waits for its answer. */
const answerTimeLimit = 1000;

const ownerSchema = v.object({ pid: v.number(), url: v.string() });

/** Who has a folder; `url` is empty until the cloud listens. */
type Owner = v.InferOutput<typeof ownerSchema>;

export interface Lock {
  /** Tells whoever asks for the folder where this cloud is. */
  tell(url: string): void;
  close(): Promise<void>;
}

/**
 * Takes a folder for this process: a socket listens there for as long as the process lives. The system
 * closes it when the process dies, however it dies, so a lock left behind is seen as such. The sockets are
 * numbered: whoever finds a dead one takes the next number, which the system gives to one process only.
 *
 * @throws ToolError DATA_IN_USE if another living process has the folder.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  const addresses = addressesOf(await realpath(folder));
  const dead = await addresses.numbers();
  const last = dead.at(-1);
  if (last !== undefined) await checkDead(addresses, last, folder);
  const own = (last ?? 0) + 1;
  const owner: Owner = { pid: process.pid, url: '' };
  const server = await listen(addresses, own, owner);
  if (server === undefined) {
    await checkDead(addresses, own, folder);
    throw inUse(folder);
  }
  if (((await addresses.numbers()).at(-1) ?? own) > own) {
    await addresses.close(server);
    throw inUse(folder);
  }
  for (const number of dead) await addresses.remove(number);
  return {
    tell: (url) => void (owner.url = url),
    close: () => addresses.close(server),
  };
}

/**
 * @returns Where the cloud is that has a folder, empty while it starts; undefined if none has it.
 * @throws the system's error.
 */
export async function cloudAt(folder: string): Promise<string | undefined> {
  const addresses = addressesOf(await realpath(folder));
  const number = process.platform === 'win32' ? 1 : (await addresses.numbers()).at(-1);
  if (number === undefined) return undefined;
  const socket = addresses.at(number, (address) => connect(address));
  try {
    await once(socket, 'connect');
    return (await readOwner(socket))?.url ?? '';
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** Where the sockets of a folder are: the one with the highest number counts. */
interface Addresses {
  /** Uses the socket of a number: it is open, or listens, once `use` returns. */
  at<T>(number: number, use: (address: string) => T): T;
  /** @returns The numbers of the sockets that are there, the highest last. */
  numbers(): Promise<number[]>;
  remove(number: number): Promise<void>;
  close(server: Server): Promise<void>;
}

const socketName = /^lock\.(\d{1,9})$/;

function addressesOf(folder: string): Addresses {
  if (process.platform === 'win32') return pipesOf(folder);
  return {
    at: (number, use) => within(folder, () => use(`lock.${number}`)),
    async numbers() {
      const files = await readdir(folder);
      const numbers = files.flatMap((file) => socketName.exec(file)?.[1] ?? []).map(Number);
      return numbers.sort((a, b) => a - b);
    },
    remove: (number) => rm(path.join(folder, `lock.${number}`), { force: true }),
    async close(server) {
      // Closing removes the socket by the name that it was opened with: anywhere else that is another file.
      if (existsSync(folder)) await within(folder, () => closed(server));
    },
  };
}

/** A pipe of Windows is gone with its process: there is never a dead one. */
function pipesOf(folder: string): Addresses {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 24);
  return {
    at: (_, use) => use(`\\\\?\\pipe\\cloudbase-local-${name}`),
    numbers: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
    close: closed,
  };
}

/**
 * Unix keeps a socket's path in about 104 bytes, and a project's can be longer: from within its folder the path is
 * short. Node.js opens a socket before `listen` and `connect` return.
 */
function within<T>(folder: string, use: () => T): T {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return use();
  } finally {
    process.chdir(before);
  }
}

/** @throws ToolError DATA_IN_USE, naming the process if it says which it is. */
async function checkDead(addresses: Addresses, number: number, folder: string): Promise<void> {
  const socket = addresses.at(number, (address) => connect(address));
  try {
    await once(socket, 'connect');
    throw inUse(folder, await readOwner(socket));
  } catch (error) {
    if (isToolError(error)) throw error;
    if (!['ECONNREFUSED', 'ENOENT'].includes(systemCode(error) ?? '')) throw inUse(folder);
  } finally {
    socket.destroy();
  }
}

async function readOwner(socket: Socket): Promise<Owner | undefined> {
  socket.setTimeout(answerTimeLimit, () => socket.destroy());
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), ownerSchema), await read(socket));
  return answer.success ? answer.output : undefined;
}

function read(socket: Socket): Promise<string> {
  return text(socket).catch(() => '');
}

function inUse(folder: string, owner?: Owner): ToolError {
  const who = owner === undefined ? '' : ` (process ${owner.pid})`;
  const where = owner?.url ? ` at ${owner.url}: open that` : ': stop it';
  return new ToolError(
    'DATA_IN_USE',
    `Another local cloud${who} is using ${folder}${where}, or run beside it with PORT=0 and --data <another folder>.`,
  );
}

/** @returns The listening server, or undefined if something is at the address already. */
async function listen(
  addresses: Addresses,
  number: number,
  owner: Owner,
): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(JSON.stringify(owner));
  });
  server.unref();
  try {
    addresses.at(number, (address) => server.listen(address));
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
