Page({
  data: { from: '' },
  onLoad({ from = '' }: { from?: string }) {
    this.setData({ from });
  },
  toNotes() {
    wx.switchTab({ url: '/pages/notes/index' });
  },
});
