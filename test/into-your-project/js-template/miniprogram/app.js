App({
  onLaunch() {
    wx.cloud.init({ traceUser: true });
    if (!wx.getStorageSync('token')) wx.setStorageSync('token', 'of-the-shop-0001');
  },
});
