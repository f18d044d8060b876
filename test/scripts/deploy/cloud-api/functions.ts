import { createHash, randomUUID } from 'node:crypto';
import { unzipSync } from 'fflate';
import { ApiError, type BadEnd } from './protocol';

/** How a function is at the moment (cloud.tencent.com/document/api/583/115197). */
export type Status = 'Creating' | 'CreateFailed' | 'Active' | 'Updating' | 'UpdateFailed';

export interface Trigger {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Default: it is. */
  readonly enabled?: boolean;
}

/** What a deployment decides; what an update leaves out stays as it is. */
export interface Settings {
  readonly description: string;
  readonly handler: string;
  /** Seconds. */
  readonly timeout: number;
  /** Megabytes. */
  readonly memory: number;
  readonly role: string;
  readonly installDependency: string;
  readonly variables: readonly { readonly Key: string; readonly Value: string }[];
}

/** What a deployment brought. */
export interface Deployment {
  readonly settings: Settings;
  /** The zip file, as it was uploaded. */
  readonly code: Uint8Array;
}

/** A function in the cloud. */
export interface CloudFunction {
  readonly id: string;
  readonly name: string;
  /** Only CreateFunction sets it. */
  readonly runtime: string;
  readonly type: string;
  /** The newest, which the API shows. */
  deployed: Deployment;
  /** What a call runs: the newest that became Active, if any did. */
  live: Deployment | undefined;
  status: Status;
  reasons: readonly { readonly ErrorCode: string; readonly ErrorMessage: string }[];
  readonly triggers: Map<string, Trigger>;
  readonly added: number;
  modified: number;
}

type Work = 'Creating' | 'Updating';

/** The functions of one environment. */
export interface Functions {
  list(): readonly CloudFunction[];
  /** @throws ApiError ResourceNotFound.Function */
  get(name: string): CloudFunction;
  /**
   * What GetFunction sees: work that the cloud has begun is still under way for the first to look, and done for the next.
   */
  look(name: string): CloudFunction;
  /** @throws ApiError ResourceInUse.Function */
  create(
    made: Pick<CloudFunction, 'name' | 'runtime' | 'type' | 'deployed'>,
    end: BadEnd | undefined,
  ): void;
  /**
   * @returns What is deployed.
   * @throws ApiError FailedOperation.`operation` while the function's status does not allow it.
   */
  ready(name: string, operation: string): Deployment;
  update(name: string, deployed: Deployment, end: BadEnd | undefined): void;
  delete(name: string): void;
}

/** @param clock - Unix ms. */
export function createFunctions(clock: () => number): Functions {
  const functions = new Map<string, CloudFunction>();
  /** What the cloud is at, and in how many looks it will be done. */
  const works = new Map<string, { looks: number; end: BadEnd | undefined }>();

  function get(name: string): CloudFunction {
    const found = functions.get(name);
    if (found !== undefined) return found;
    throw new ApiError('ResourceNotFound.Function', `函数不存在，请检查函数名 ${name}。`);
  }

  function begin(found: CloudFunction, work: Work, end: BadEnd | undefined): void {
    found.status = work;
    found.reasons = [];
    works.set(found.name, { looks: 1, end });
  }

  function finish(found: CloudFunction, end: BadEnd | undefined): void {
    works.delete(found.name);
    const reason =
      end === undefined
        ? faultOf(found.deployed)
        : { ErrorCode: 'InternalError.System', ErrorMessage: end.reason };
    if (reason === undefined) {
      found.status = 'Active';
      found.live = found.deployed;
      return;
    }
    found.status = end?.status ?? (found.status === 'Creating' ? 'CreateFailed' : 'UpdateFailed');
    found.reasons = [reason];
    found.deployed = found.live ?? found.deployed;
  }

  return {
    list: () => [...functions.values()],
    get,
    ready(name, operation) {
      const { status, deployed } = get(name);
      if (status === 'Active' || status === 'UpdateFailed') return deployed;
      throw notReady(operation, status);
    },
    look(name) {
      const found = get(name);
      const work = works.get(name);
      if (work !== undefined && --work.looks < 0) finish(found, work.end);
      return found;
    },
    create(made, end) {
      if (functions.has(made.name)) {
        throw new ApiError('ResourceInUse.Function', `函数 ${made.name} 已存在，请检查后重试。`);
      }
      const created: CloudFunction = {
        ...made,
        live: undefined,
        id: `lam-${randomUUID().slice(0, 8)}`,
        status: 'Creating',
        reasons: [],
        triggers: new Map(),
        added: clock(),
        modified: clock(),
      };
      functions.set(made.name, created);
      begin(created, 'Creating', end);
    },
    update(name, deployed, end) {
      const found = get(name);
      found.deployed = deployed;
      found.modified = clock();
      begin(found, 'Updating', end);
    },
    delete(name) {
      get(name);
      functions.delete(name);
      works.delete(name);
    },
  };
}

/** @returns The error of an operation that the function's status does not allow. */
export function notReady(operation: string, status: Status): ApiError {
  return new ApiError(
    `FailedOperation.${operation}`,
    `当前函数处于${status}状态，无法进行此操作，请稍后重试。`,
  );
}

/** The files of a zip by path; undefined where it is none. */
export function filesOf(code: Uint8Array): Readonly<Record<string, Uint8Array>> | undefined {
  try {
    return unzipSync(code);
  } catch {
    return undefined;
  }
}

/** @returns The file that a handler such as `index.main` is in. */
export function handlerFile({ handler }: Settings): string {
  return `${handler.split('.')[0] ?? ''}.js`;
}

/** As GetFunctionAddress tells it: SHA-256 of the zip, in hexadecimal. */
export function codeHash(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}

function faultOf({ code, settings }: Deployment): CloudFunction['reasons'][number] | undefined {
  const files = filesOf(code);
  if (files === undefined) {
    return { ErrorCode: 'InvalidParameterValue.Code', ErrorMessage: '代码包不是有效的 zip 文件。' };
  }
  const file = handlerFile(settings);
  if (file in files) return undefined;
  return {
    ErrorCode: 'InvalidParameterValue.Handler',
    ErrorMessage: `代码包中没有执行方法 ${settings.handler} 所在的文件 ${file}。`,
  };
}
