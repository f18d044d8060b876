// 小程序端：照片直接上传到云存储，记录直接写进数据库。
function photos() {
  return wx.cloud.database().collection('photos');
}

async function addPhoto(album, filePath) {
  const cloudPath = `${album}/${Date.now()}-${Math.random().toString(16).slice(2)}.jpg`;
  const { fileID } = await wx.cloud.uploadFile({ cloudPath, filePath });
  await photos().add({ data: { album, fileID, at: wx.cloud.database().serverDate() } });
  return fileID;
}

async function listPhotos(album) {
  const { data } = await photos().where({ album }).orderBy('at', 'desc').get();
  if (data.length === 0) return [];
  const { fileList } = await wx.cloud.getTempFileURL({
    fileList: data.map(({ fileID }) => fileID),
  });
  return fileList.map(({ tempFileURL }) => tempFileURL);
}

async function removePhoto(fileID) {
  await photos().where({ fileID }).remove();
  const { fileList } = await wx.cloud.deleteFile({ fileList: [fileID] });
  return fileList[0].errMsg;
}

module.exports = { addPhoto, listPhotos, removePhoto };
