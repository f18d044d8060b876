import * as v from 'valibot';

/** A file of the cloud: its address is asked of `wx.cloud`. */
export const isCloudFile = (name: string): boolean => name.startsWith('cloud://');

/**
 * Where the browser gets a file that the mini program names.
 *
 * @param name an address of the network, a path from the root with a slash in front, or one relative to `from`
 * @param from path of the page or component that names it
 */
export function resourceUrl(name: string, from: string): string {
  if (name === '' || /^(?:https?|data|blob):/i.test(name)) return name;
  if (name.startsWith('//')) return `https:${name}`;
  const { pathname } = new URL(name, `http://mini-program/${from}`);
  return `/mini-program${pathname}`;
}

const cloudSchema = v.object({
  cloud: v.object({
    getTempFileURL: v.custom<(options: object) => Promise<unknown>>(
      (value) => typeof value === 'function',
    ),
  }),
});
const filesSchema = v.object({ fileList: v.array(v.object({ tempFileURL: v.string() })) });

/** The address of a file of the cloud; empty where the cloud gives none. */
export async function cloudFileUrl(fileID: string): Promise<string> {
  const { cloud } = v.parse(cloudSchema, Reflect.get(globalThis, 'wx'));
  const { fileList } = v.parse(filesSchema, await cloud.getTempFileURL({ fileList: [fileID] }));
  return fileList[0]?.tempFileURL ?? '';
}
