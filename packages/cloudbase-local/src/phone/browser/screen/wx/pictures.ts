import * as v from 'valibot';
import { chooseFiles, showPicture } from '../overlay';
import { cloudFileUrl, isCloudFile, resourceUrl } from '../resource';
import { asynchronous } from './callback';

const chooseSchema = v.object({
  count: v.optional(v.number(), 9),
  mediaType: v.optional(v.array(v.string()), ['image', 'video']),
});
const previewSchema = v.object({ urls: v.array(v.string()), current: v.optional(v.string()) });
const sourceSchema = v.object({ src: v.string() });

/**
 * Pictures of the person's own files, chosen in the browser. Their temporary addresses live as long as the page.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/media/image/wx.chooseImage.html
 * @param from gives the path of the page in front
 */
export function picturesApi(from: () => string): Record<string, unknown> {
  const choose = async (count: number, accept: string): Promise<File[]> => {
    const files = await chooseFiles(accept, count > 1);
    if (files.length === 0) throw new Error('cancel');
    return files.slice(0, count);
  };
  const addressOf = async (name: string): Promise<string> =>
    isCloudFile(name) ? cloudFileUrl(name) : resourceUrl(name, from());
  return {
    chooseImage: asynchronous('chooseImage', chooseSchema, async ({ count }) => {
      const files = await choose(count, 'image/*');
      const tempFiles = files.map((file) => ({ path: URL.createObjectURL(file), size: file.size }));
      return { tempFilePaths: tempFiles.map(({ path }) => path), tempFiles };
    }),
    chooseMedia: asynchronous('chooseMedia', chooseSchema, async ({ count, mediaType }) => {
      const accept = mediaType.map((type) => (type === 'mix' ? 'image/*,video/*' : `${type}/*`));
      const files = await choose(count, accept.join(','));
      const tempFiles = files.map((file) => ({
        tempFilePath: URL.createObjectURL(file),
        size: file.size,
        fileType: file.type.startsWith('video') ? 'video' : 'image',
      }));
      return { tempFiles, type: tempFiles[0]?.fileType };
    }),
    previewImage: asynchronous('previewImage', previewSchema, async ({ urls, current }) => {
      showPicture(await addressOf(current ?? urls[0] ?? ''));
      return {};
    }),
    getImageInfo: asynchronous('getImageInfo', sourceSchema, async ({ src }) => {
      const picture = new Image();
      picture.src = await addressOf(src);
      await picture.decode();
      const { naturalWidth: width, naturalHeight: height } = picture;
      return { width, height, path: src, orientation: 'up' };
    }),
  };
}
