App<{ opened: number }>({
  opened: 0,
  onLaunch() {
    wx.cloud.init({ traceUser: true });
    this.opened += 1;
  },
});
