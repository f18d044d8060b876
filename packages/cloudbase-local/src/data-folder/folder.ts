import { existsSync } from 'node:fs';
import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { isToolError, reason, ToolError } from '../command/tool-error';
import { checkFile } from '../database/check-file';
import { DatabaseError, NewerFormat } from '../database/database-error';
import { lockFolder, type Lock } from './lock';
import { openStore, type Store } from '../database/store';

/** With less the database cannot begin, and on a full disk a file mapped into memory can crash the process. */
const leastFreeBytes = 1024 * 1024;

/** What lies in the folder; each may be missing. */
const files = ['settings.json', 'functions.env', 'data.mdb', 'data.mdb-lock'];

/** The data folder, held by this process alone. */
export interface DataFolder {
  /** Whether other users of this machine can look into it. */
  readonly isOpenToOthers: boolean;
  openStore(): Promise<Store>;
  /** Tells whoever asks for the folder where this cloud is. */
  tell(url: string): void;
  /** @returns What to tell the person if the data that the store gave cannot be used. */
  unusable(error: unknown): ToolError;
  close(): Promise<void>;
}

/**
 * Makes the data folder where it does not exist, and takes it for this process.
 *
 * @throws ToolError DATA_UNWRITABLE or DATA_IN_USE.
 */
export async function takeDataFolder(folder: string): Promise<DataFolder> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK | constants.X_OK);
    for (const file of files.map((name) => path.join(folder, name)).filter(existsSync)) {
      await access(file, constants.R_OK | constants.W_OK);
    }
    await checkSpace(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
  const lock = await lockOf(folder);
  const { mode } = await stat(folder);
  return {
    isOpenToOthers: process.platform !== 'win32' && (mode & 0o077) !== 0,
    openStore: () => openChecked(path.join(folder, 'data.mdb'), folder),
    unusable: (error) => unusable(folder, error),
    tell: (url) => {
      lock.tell(url);
    },
    close: () => lock.close(),
  };
}

async function checkSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < leastFreeBytes) throw new Error('the disk is full');
}

/** Says that the data folder cannot be read, and what the person can do; nothing is deleted. */
export function damaged(folder: string, error: unknown): ToolError {
  return new ToolError(
    'DATA_DAMAGED',
    `The data in ${folder} is damaged (${reason(error)}); nothing was changed. Move that folder away to start with fresh data.`,
    error,
  );
}

async function lockOf(folder: string): Promise<Lock> {
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (isToolError(error)) throw error;
    throw unwritable(folder, error);
  }
}

async function openChecked(file: string, folder: string): Promise<Store> {
  if (existsSync(file)) await check(file, folder);
  try {
    return openStore(file);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

async function check(file: string, folder: string): Promise<void> {
  try {
    await checkFile(file);
  } catch (error) {
    const cause = new Error('the database file cannot be read', { cause: error });
    throw damaged(folder, cause);
  }
}

function unusable(folder: string, error: unknown): ToolError {
  if (isToolError(error)) return error;
  if (error instanceof NewerFormat) return newer(folder, error);
  const unwritten = error instanceof DatabaseError && error.cause !== undefined;
  return unwritten ? unwritable(folder, error.cause) : damaged(folder, error);
}

function newer(folder: string, error: NewerFormat): ToolError {
  return new ToolError(
    'DATA_NEWER',
    `The data in ${folder} cannot be used: ${error.message}; update it, or move that folder away to start with fresh data.`,
    error,
  );
}

function unwritable(folder: string, error: unknown): ToolError {
  return new ToolError(
    'DATA_UNWRITABLE',
    `The data folder ${folder} cannot be written to (${reason(error)}); --data <another folder> names one that can.`,
    error,
  );
}
