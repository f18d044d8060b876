import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database } from '../database/database';
import { fileIdOf } from './cloud-path';
import { openFiles, type OpenFile } from './files';
import { openOwners } from './owners';
import { StorageError } from './storage-error';

/** The largest file, in bytes (cloud.tencent.com/document/product/436/7749: 5 GB in one request). */
const largestFile = 5 * 1024 ** 3;

/** How long an upload may begin after it was asked for, in seconds. */
const uploadTime = 900;

/** Who asks for something: a user by the openid, or undefined for a function, which may do everything. */
export type Asker = string | undefined;

/** A request for a file, as its URL says it. */
export interface SignedRequest {
  /** The paths that the URL may mean; the signature says which it does. */
  readonly paths: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

/** The files of the cloud. Paths have no fault. Everybody may read a file; its owner and functions may change it. */
export interface Storage {
  fileId(path: string): string;
  /**
   * @returns The query of a URL under which the file can be uploaded.
   * @throws StorageError STORAGE_EXCEED_AUTHORITY
   */
  signUpload(path: string, asker: Asker): Promise<URLSearchParams>;
  /** @returns The query of a URL under which the file can be read, for ever: everybody may. */
  signDownload(path: string): URLSearchParams;
  /**
   * Writes a file. It is on the disk when this returns.
   *
   * @throws StorageError STORAGE_SIGN_PARAM_INVALID, STORAGE_EXCEED_AUTHORITY, or STORAGE_REQUEST_FAIL if it is too
   *   large or the disk refuses; then all is as it was.
   */
  upload(request: SignedRequest, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** @throws StorageError STORAGE_SIGN_PARAM_INVALID or STORAGE_FILE_NONEXIST */
  download(request: SignedRequest): Promise<OpenFile>;
  /** @throws StorageError STORAGE_FILE_NONEXIST */
  checkExists(path: string): Promise<void>;
  /** @throws StorageError STORAGE_FILE_NONEXIST or STORAGE_EXCEED_AUTHORITY */
  remove(path: string, asker: Asker): Promise<void>;
  /** Ends what is being changed; what comes later is refused. */
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly dataDir: string;
  readonly database: Database;
  readonly envId: string;
  /** Signs the URLs. */
  readonly secretKey: string;
  /** Milliseconds. */
  readonly clock: () => number;
}

export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { dataDir, database, envId, secretKey, clock } = options;
  const files = await openFiles(dataDir);
  const owners = openOwners(database);
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  /** Changes come one after the other: a file and its owner stay together. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    if (closed) {
      const ending = new StorageError('STORAGE_REQUEST_FAIL', 'The local cloud is ending.');
      return Promise.reject(ending);
    }
    const turn = last.then(change);
    last = turn.catch(() => undefined);
    return turn;
  }

  function sign(...parts: readonly string[]): string {
    return createHmac('sha256', secretKey).update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  }

  /** @returns The path that is signed. @throws StorageError if none is. */
  function signedPath(
    { paths, query }: SignedRequest,
    what: string,
    ...parts: readonly string[]
  ): string {
    const given = Buffer.from(query['sign'] ?? '');
    const found = paths.find((path) => {
      const expected = Buffer.from(sign(what, path, ...parts));
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
    if (found === undefined) throw unsigned();
    return found;
  }

  async function exists(path: string): Promise<boolean> {
    const found = await files.open(path);
    await found?.handle.close();
    return found !== undefined;
  }

  async function checkMayWrite(path: string, asker: Asker): Promise<void> {
    if (asker === undefined || owners.of(path) === asker) return;
    if (await exists(path)) {
      throw new StorageError('STORAGE_EXCEED_AUTHORITY', `${path} belongs to somebody else.`);
    }
  }

  return {
    fileId: (path) => fileIdOf(envId, path),
    async signUpload(path, asker) {
      await checkMayWrite(path, asker);
      const by = asker ?? '';
      const t = String(Math.floor(clock() / 1000) + uploadTime);
      return new URLSearchParams({ sign: sign('upload', path, t, by), t, by });
    },
    signDownload: (path) => new URLSearchParams({ sign: sign('download', path) }),
    async upload(request, content) {
      const { t = '', by = '' } = request.query;
      const path = signedPath(request, 'upload', t, by);
      if (clock() > Number(t) * 1000) throw unsigned();
      const asker = by === '' ? undefined : by;
      await checkMayWrite(path, asker);
      const incoming = await files.receive(content, largestFile);
      try {
        await inTurn(async () => {
          await checkMayWrite(path, asker);
          await owners.set(path, asker);
          await incoming.place(path);
        });
      } finally {
        await incoming.discard();
      }
    },
    async download(request) {
      const path = signedPath(request, 'download');
      const found = await files.open(path);
      if (found === undefined) throw absent(path);
      return found;
    },
    async checkExists(path) {
      if (!(await exists(path))) throw absent(path);
    },
    remove: (path, asker) =>
      inTurn(async () => {
        await checkMayWrite(path, asker);
        if (!(await files.remove(path))) throw absent(path);
        await owners.set(path, undefined);
      }),
    async close() {
      closed = true;
      await last;
    },
  };
}

function absent(path: string): StorageError {
  return new StorageError('STORAGE_FILE_NONEXIST', `There is no file ${path}.`);
}

function unsigned(): StorageError {
  const message = 'The URL is not signed by this cloud for what is asked, or its time is over.';
  return new StorageError('STORAGE_SIGN_PARAM_INVALID', message);
}
