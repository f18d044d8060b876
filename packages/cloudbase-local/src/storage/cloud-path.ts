/** The longest path, in bytes of UTF-8. */
const longestPath = 850;

/**
 * The rules for the path of a file in the cloud. That `.` and `..` are no names is a rule of ours: on a disk they would
 * lead elsewhere.
 *
 * @returns What is wrong with the path; undefined if it can be one.
 * @see https://developers.weixin.qq.com/miniprogram/dev/wxcloud/guide/storage/naming.html
 */
export function faultOfPath(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.startsWith('/')) return 'it begins with /';
  if (path.includes('//')) return 'it has // in it';
  if (path.endsWith('/')) return 'it ends with /, so it names no file';
  const bytes = Buffer.from(path);
  if (bytes.length > longestPath) return `it is longer than ${longestPath} bytes`;
  if (bytes.toString() !== path) return 'it is no valid text';
  // oxlint-disable-next-line no-control-regex -- CAN, EM, SUB and ESC, which the cloud does not take
  if (/[\x18-\x1b]/.test(path)) return 'it has a control character in it';
  if (path.split('/').some((name) => name === '.' || name === '..')) return 'it has . or .. in it';
  return undefined;
}

/** @returns The file ID of a path, as `cloud://<env>.<bucket>/<path>`. */
export function fileIdOf(envId: string, path: string): string {
  const bucket = `${Buffer.from(envId).toString('hex').slice(0, 4)}-${envId}-1300000000`;
  return `cloud://${envId}.${bucket}/${path}`;
}

/**
 * @returns The path in a file ID, whatever environment it names: so documents that come from the cloud find the files
 *   that were fetched with them. Undefined if it is no file ID.
 */
export function pathOfFileId(fileId: string): string | undefined {
  const path = /^cloud:\/\/[^/]+\/(.*)$/s.exec(fileId)?.[1];
  return path !== undefined && faultOfPath(path) === undefined ? path : undefined;
}
