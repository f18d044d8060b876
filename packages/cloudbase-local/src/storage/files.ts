import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, realpath, rename, rm, rmdir, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { reason, systemCode } from '../command/tool-error';
import { diskNames } from './disk-path';
import { StorageError } from './storage-error';

/** A file that has come in, on the disk, and is not in its place yet. */
export interface Incoming {
  /**
   * Puts it where its path says, in the place of a file that is there.
   *
   * @throws StorageError STORAGE_REQUEST_FAIL if the disk refuses; then all is as it was.
   */
  place(path: string): Promise<void>;
  discard(): Promise<void>;
}

/** A file that is open for reading. Whoever opened it closes it. */
export interface OpenFile {
  readonly handle: FileHandle;
  /** In bytes. */
  readonly size: number;
}

/** The files of the storage on the disk. Paths have no fault. */
export interface Files {
  /**
   * @param most - The largest file, in bytes.
   * @throws StorageError STORAGE_REQUEST_FAIL if it is larger, or the disk refuses; what the content throws.
   */
  receive(content: AsyncIterable<Uint8Array>, most: number): Promise<Incoming>;
  /** @returns undefined if there is no such file. */
  open(path: string): Promise<OpenFile | undefined>;
  /** @returns Whether there was such a file. */
  remove(path: string): Promise<boolean>;
}

/**
 * Opens the files in a data folder: each lies in `files/` under its path. What is answered is on the disk. Symbolic links
 * in there lead nowhere.
 */
export async function openFiles(dataDir: string): Promise<Files> {
  const folder = await realpath(dataDir);
  const root = path.join(folder, 'files');
  const incoming = path.join(folder, 'uploads');
  // What a killed process had not received whole.
  await rm(incoming, { recursive: true, force: true });
  const placeOf = (cloudPath: string): string => path.join(root, ...diskNames(cloudPath));

  /** Makes the folder of a file, durably. */
  async function makeFolder(file: string): Promise<void> {
    const names = path.relative(folder, path.dirname(file)).split(path.sep);
    for (const [at, name] of names.entries()) {
      const parent = path.join(folder, ...names.slice(0, at));
      const made = path.join(parent, name);
      try {
        await mkdir(made, { mode: 0o700 });
        await sync(parent);
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error;
        if (!(await lstat(made)).isDirectory()) {
          throw new Error(`${made} is no folder`, { cause: error });
        }
      }
    }
  }

  async function place(received: string, cloudPath: string): Promise<void> {
    const file = placeOf(cloudPath);
    await makeFolder(file);
    await rename(received, file);
    await sync(path.dirname(file));
  }

  return {
    async receive(content, most) {
      const received = path.join(incoming, randomUUID());
      const discard = (): Promise<void> => rm(received, { force: true });
      try {
        await onDisk(() => mkdir(incoming, { recursive: true, mode: 0o700 }));
        await write(received, content, most);
      } catch (error) {
        await discard();
        throw error;
      }
      return {
        place: (cloudPath) => onDisk(() => place(received, cloudPath)),
        discard,
      };
    },
    async open(cloudPath) {
      const file = placeOf(cloudPath);
      if (!(await isThere(file))) return undefined;
      const handle = await open(file, 'r');
      const found = await handle.stat();
      if (found.isFile()) return { handle, size: found.size };
      await handle.close();
      return undefined;
    },
    async remove(cloudPath) {
      const file = placeOf(cloudPath);
      if (!(await isThere(file)) || !(await lstat(file)).isFile()) return false;
      await onDisk(async () => {
        await unlink(file);
        await sync(path.dirname(file));
      });
      await removeEmpty(path.dirname(file), root);
      return true;
    },
  };
}

async function write(
  file: string,
  content: AsyncIterable<Uint8Array>,
  most: number,
): Promise<void> {
  const handle = await onDisk(() => open(file, 'wx', 0o600));
  try {
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      if (size > most) {
        throw new StorageError('STORAGE_REQUEST_FAIL', `The file is larger than ${most} bytes.`);
      }
      await onDisk(() => handle.writeFile(chunk));
    }
    await onDisk(() => handle.sync());
  } finally {
    await handle.close();
  }
}

/** Whether a file is where its path says, and not behind a symbolic link. */
async function isThere(file: string): Promise<boolean> {
  try {
    return (await realpath(file)) === file;
  } catch (error) {
    const absent = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];
    if (absent.includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

/** A new name in a folder is on the disk once the folder is. Windows does that by itself, and refuses. */
async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Folders are there for the files in them: an empty one would keep a file of its name out. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let each = folder; each !== root; each = path.dirname(each)) {
    try {
      await rmdir(each);
    } catch {
      return;
    }
  }
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new StorageError(
      'STORAGE_REQUEST_FAIL',
      `The local cloud could not write the file (${reason(error)}); nothing was changed.`,
      error,
    );
  }
}
