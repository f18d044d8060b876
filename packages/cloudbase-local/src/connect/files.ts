import * as v from 'valibot';
import { callsBack, settle, type Apis } from './callback';
import { failed, failureOf, statusOf, unreachable } from './error';
import { ask, type Connection } from './local-cloud';
import { readOptions } from './options';

const uploadAnswer = v.object({ data: v.object({ url: v.string(), fileId: v.string() }) });
const outcome = v.object({
  fileID: v.string(),
  code: v.string(),
  message: v.optional(v.string(), ''),
  tempFileURL: v.optional(v.string(), ''),
  maxAge: v.optional(v.number()),
});
const urlsAnswer = v.object({ data: v.object({ download_list: v.array(outcome) }) });
const removalAnswer = v.object({ data: v.object({ delete_list: v.array(outcome) }) });

const uploadOptions = v.object({ cloudPath: v.string(), filePath: v.string() });
const downloadOptions = v.object({ fileID: v.string() });
const listOptions = v.object({
  fileList: v.array(
    v.union([v.string(), v.object({ fileID: v.string(), maxAge: v.optional(v.number()) })]),
  ),
});

/** The files of `wx.cloud` (developers.weixin.qq.com/miniprogram/dev/wxcloud/reference-sdk-api/storage/). */
export function filesApi(cloud: Connection): Apis {
  return {
    uploadFile: (options) => {
      const task = new Task();
      const settled = settle('cloud.uploadFile', options, async () => {
        const { cloudPath, filePath } = readOptions(uploadOptions, options);
        const asked = { path: cloudPath, method: 'post' };
        const { data } = await ask(cloud, 'storage.getUploadMetadata', asked, uploadAnswer);
        const statusCode = await upload(cloud, data.url, cloudPath, filePath, task);
        return { fileID: data.fileId, statusCode };
      });
      return callsBack(options) ? task.own : settled;
    },

    downloadFile: (options) => {
      const task = new Task();
      const settled = settle('cloud.downloadFile', options, async () => {
        const { fileID } = readOptions(downloadOptions, options);
        const [found] = await urlsOf(cloud, [fileID]);
        if (found?.code !== 'SUCCESS') {
          throw failed(failureOf(found?.code ?? 'SYS_ERR', found?.message ?? ''));
        }
        return download(cloud, found.tempFileURL, task);
      });
      return callsBack(options) ? task.own : settled;
    },

    getTempFileURL: (options) =>
      settle('cloud.getTempFileURL', options, async () => {
        const found = await urlsOf(cloud, readOptions(listOptions, options).fileList);
        return {
          fileList: found.map(({ fileID, tempFileURL, maxAge, code }) =>
            Object.assign({ fileID, tempFileURL, maxAge }, statusAnswer(code)),
          ),
        };
      }),

    deleteFile: (options) =>
      settle('cloud.deleteFile', options, async () => {
        const fileid_list = readOptions(listOptions, options).fileList;
        const asked = { fileid_list };
        const { data } = await ask(cloud, 'storage.batchDeleteFile', asked, removalAnswer);
        return {
          fileList: data.delete_list.map(({ fileID, code }) =>
            Object.assign({ fileID }, statusAnswer(code)),
          ),
        };
      }),
  };
}

async function urlsOf(
  cloud: Connection,
  fileList: v.InferOutput<typeof listOptions>['fileList'],
): Promise<v.InferOutput<typeof outcome>[]> {
  const file_list = fileList.map((each) =>
    typeof each === 'string' ? { fileid: each } : { fileid: each.fileID, max_age: each.maxAge },
  );
  const { data } = await ask(cloud, 'storage.batchGetDownloadUrl', { file_list }, urlsAnswer);
  return data.download_list;
}

function statusAnswer(code: string): { status: number; errMsg: string } {
  if (code === 'SUCCESS') return { status: 0, errMsg: 'ok' };
  const { errCode, meaning } = statusOf(code);
  return { status: errCode, errMsg: meaning };
}

function upload(
  { url: cloudUrl, wx }: Connection,
  url: string,
  key: string,
  filePath: string,
  task: Task,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = wx.uploadFile({
      url,
      filePath,
      name: 'file',
      formData: { key },
      success: ({ statusCode, data }) => {
        if (statusCode < 300) resolve(statusCode);
        else reject(failed(refusalOf(data)));
      },
      fail: ({ errMsg }) => {
        reject(failed(unreachable(cloudUrl, errMsg)));
      },
    });
    task.begin(begun);
  });
}

function download(
  { url: cloudUrl, wx }: Connection,
  url: string,
  task: Task,
): Promise<{ tempFilePath: string; statusCode: number }> {
  return new Promise((resolve, reject) => {
    const begun = wx.downloadFile({
      url: encodeURI(url),
      success: ({ tempFilePath, statusCode }) => {
        if (statusCode === 200) resolve({ tempFilePath, statusCode });
        else reject(failed(failureOf('STORAGE_REQUEST_FAIL', `The status is ${statusCode}.`)));
      },
      fail: ({ errMsg }) => {
        reject(failed(unreachable(cloudUrl, errMsg)));
      },
    });
    task.begin(begun);
  });
}

/** COS refuses in XML. */
function refusalOf(xml: string): ReturnType<typeof failureOf> {
  const part = (name: string): string =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  return failureOf(part('Code'), part('Message'));
}

type Method = (...parameters: unknown[]) => void;
const methods = [
  'abort',
  'onProgressUpdate',
  'offProgressUpdate',
  'onHeadersReceived',
  'offHeadersReceived',
];

/** The task of an upload or a download: what it is told before that begins is told to it then. */
class Task {
  /** What is given to whoever asked. */
  readonly own: Record<string, Method> = {};
  private begun: unknown;
  private readonly waiting: (() => void)[] = [];

  constructor() {
    for (const method of methods) {
      this.own[method] = (...parameters) => {
        const run = (): void => {
          this.call(method, parameters);
        };
        if (this.begun === undefined) this.waiting.push(run);
        else run();
      };
    }
  }

  /** @param task - That of `wx.uploadFile` or `wx.downloadFile`. */
  begin(task: unknown): void {
    this.begun = task;
    for (const run of this.waiting.splice(0)) run();
  }

  private call(method: string, parameters: readonly unknown[]): void {
    if (typeof this.begun !== 'object' || this.begun === null) return;
    const run: unknown = Reflect.get(this.begun, method);
    if (typeof run === 'function') Reflect.apply(run, this.begun, parameters);
  }
}
