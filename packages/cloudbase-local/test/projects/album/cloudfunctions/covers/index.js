// 云函数：每个相册的封面。没有照片时，由云函数放一张默认的。
const cloud = require('wx-server-sdk');
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database();

const blank = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

async function standard() {
  const { fileID } = await cloud.uploadFile({
    cloudPath: 'covers/默认.gif',
    fileContent: Buffer.from(blank, 'base64'),
  });
  return fileID;
}

exports.main = async ({ album, remove = false }) => {
  const photos = db.collection('photos').where({ album });
  const { data } = await photos.orderBy('at', 'asc').limit(1).get();
  if (remove) {
    await cloud.deleteFile({ fileList: data.map(({ fileID }) => fileID) });
    return photos.remove();
  }
  const fileID = data.length > 0 ? data[0].fileID : await standard();
  const { fileContent } = await cloud.downloadFile({ fileID });
  const { fileList } = await cloud.getTempFileURL({ fileList: [fileID] });
  return { bytes: fileContent.length, url: fileList[0].tempFileURL };
};
