const { addPhoto, listPhotos } = require('../../album.js');

Page({
  data: { urls: [] },

  onShow() {
    this.refresh();
  },

  async refresh() {
    this.setData({ urls: await listPhotos('mine') });
  },

  choose() {
    wx.chooseMedia({
      count: 1,
      mediaType: ['image'],
      success: async ({ tempFiles }) => {
        await addPhoto('mine', tempFiles[0].tempFilePath);
        this.refresh();
      },
    });
  },
});
