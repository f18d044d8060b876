import * as v from 'valibot';
import { faultOfPath, pathOfFileId } from './cloud-path';
import { StorageError, type StorageErrorCode } from './storage-error';
import type { Asker, Storage } from './storage';

type Fields = Readonly<Record<string, unknown>>;

interface Call {
  readonly storage: Storage;
  readonly asker: Asker;
  /** Where this cloud was asked, such as `http://127.0.0.1:7700`: its files are there too. */
  readonly origin: string;
}

type Action = (call: Call, body: Fields) => Promise<Fields>;

/** The most files in one request (developers.weixin.qq.com/…/storage/Cloud.getTempFileURL.html). */
const mostFiles = 50;

/** How long a URL is good if the request does not say, in seconds. */
const standardAge = 86_400;

const list = <Item extends v.GenericSchema>(item: Item) =>
  v.pipe(v.array(item), v.minLength(1), v.maxLength(mostFiles));

const upload = v.object({ path: v.string() });
const download = v.object({
  file_list: list(
    v.object({
      fileid: v.string(),
      max_age: v.optional(v.pipe(v.number(), v.minValue(0)), standardAge),
    }),
  ),
});
const removal = v.object({ fileid_list: list(v.string()) });

/** What the SDKs ask of the storage; the answers are shaped as those that @cloudbase/node-sdk 2.9 and 3.17 read. */
const actions: Readonly<Record<string, Action>> = {
  'storage.getUploadMetadata': async ({ storage, asker, origin }, body) => {
    const { path } = parse(upload, body);
    const fault = faultOfPath(path);
    if (fault !== undefined) {
      throw new StorageError('INVALID_PARAM', `cloudPath cannot be the path of a file: ${fault}.`);
    }
    const query = await storage.signUpload(path, asker);
    const fileId = storage.fileId(path);
    return {
      data: {
        // It is used as it is.
        url: urlOf(origin, path.split('/').map(encodeURIComponent).join('/'), query),
        // The URL says it all. The SDKs send these along, in headers or in a form.
        token: 'local',
        authorization: 'local',
        cosFileId: 'local',
        fileId,
      },
    };
  },

  'storage.batchGetDownloadUrl': async ({ storage, origin }, body) => {
    const { file_list } = parse(download, body);
    const download_list = await Promise.all(
      file_list.map(({ fileid: fileID, max_age: maxAge }) =>
        outcomeOf(fileID, async (path) => {
          await storage.checkExists(path);
          const query = storage.signDownload(path);
          return { tempFileURL: urlOf(origin, readable(path), query), maxAge };
        }),
      ),
    );
    return { data: { download_list } };
  },

  'storage.batchDeleteFile': async ({ storage, asker }, body) => {
    const { fileid_list } = parse(removal, body);
    const delete_list = await Promise.all(
      fileid_list.map((fileID) =>
        outcomeOf(fileID, async (path) => {
          await storage.remove(path, asker);
          return {};
        }),
      ),
    );
    return { data: { delete_list } };
  },
};

/**
 * Carries out one storage request of an SDK.
 *
 * @param action - Such as `storage.batchDeleteFile`.
 * @returns The answer without its `requestId`.
 * @throws StorageError if the request is malformed, unsupported or fails as a whole.
 */
export async function carryOutStorage(action: string, body: Fields, call: Call): Promise<Fields> {
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (run !== undefined) return run(call, body);
  const message = `The local cloud does not support the action ${action}.`;
  throw new StorageError('INVALID_ACTION', message);
}

interface Outcome extends Fields {
  readonly fileID: string;
  readonly code: 'SUCCESS' | StorageErrorCode;
}

/** One file of several: the others are done whatever becomes of it. */
async function outcomeOf(
  fileID: string,
  work: (path: string) => Promise<Fields>,
): Promise<Outcome> {
  const path = pathOfFileId(fileID);
  if (path === undefined) {
    const message = 'The file ID is not of the form cloud://<env>.<bucket>/<path>.';
    return { fileID, code: 'INVALID_PARAM', message, tempFileURL: '' };
  }
  try {
    return { ...(await work(path)), fileID, code: 'SUCCESS' };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { fileID, code: error.code, message: error.message, tempFileURL: '' };
  }
}

function urlOf(origin: string, path: string, query: URLSearchParams): string {
  return `${origin}/wx/storage/${path}?${query.toString()}`;
}

/** As in the cloud's URLs: the SDKs encode them before they use them. Only what would end a path is encoded here. */
function readable(path: string): string {
  return path.replace(/[%?#\\]/g, encodeURIComponent);
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  body: Fields,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'request';
  throw new StorageError('INVALID_PARAM', `${field}: ${issue.message}`);
}
