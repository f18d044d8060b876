Page({
  data: { name: '', message: '' },

  onLoad() {
    return this.load();
  },

  async load() {
    try {
      const { result } = await wx.cloud.callFunction({ name: 'profile', data: {} });
      this.setData({ name: result.name });
    } catch (error) {
      this.setData({ message: error.message });
    }
  },
});
