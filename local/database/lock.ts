import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalCloudError, systemCode } from '../errors';

/** Unix keeps a socket's path in about 104 bytes. */
const longestSocketPath = 100;

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process: a socket listens there for as long as the process lives. The system
 * closes it when the process dies, however it dies, so a lock left behind is seen as such.
 *
 * @throws LocalCloudError DATA_IN_USE where another living process has the folder.
 */
export async function lockFolder(folder: string): Promise<Lock> {
  const address = addressOf(await realpath(folder));
  let server = await listen(address);
  if (server === undefined) {
    if (await answers(address)) throw inUse(folder);
    await rm(address, { force: true });
    server = await listen(address);
  }
  if (server === undefined) throw inUse(folder);
  const held = server;
  return {
    release: () =>
      new Promise((resolve) => {
        held.close(() => {
          resolve();
        });
      }),
  };
}

function inUse(folder: string): LocalCloudError {
  return new LocalCloudError(
    'DATA_IN_USE',
    `Another local cloud is using ${folder}; stop it first.`,
  );
}

function addressOf(folder: string): string {
  const name = `token-loop-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`;
  if (process.platform === 'win32') return `\\\\?\\pipe\\${name}`;
  const inFolder = path.join(folder, 'lock');
  return inFolder.length <= longestSocketPath ? inFolder : path.join(tmpdir(), name);
}

/** @returns The listening server, or undefined where something is at the address already. */
async function listen(address: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  try {
    server.listen(address);
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (systemCode(error) === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function answers(address: string): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
