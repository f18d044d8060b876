import { envId, httpBase } from './env';

App({
  onLaunch() {
    if (httpBase !== '') return;
    // Base libraries before 2.2.3 have no `wx.cloud`, whatever the typings say.
    if (!Reflect.has(wx, 'cloud')) {
      void wx.showModal({
        title: '微信版本过低',
        content: '当前微信不支持云开发，请升级到最新版微信后再打开。',
        showCancel: false,
      });
      return;
    }
    wx.cloud.init(envId === '' ? {} : { env: envId });
  },
});
