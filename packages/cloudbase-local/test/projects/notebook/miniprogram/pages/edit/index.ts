import { keepNote } from '../../utils/notes';

interface Filled {
  title: string;
  text: string;
  kind: string;
  pinned: boolean;
  tags: string[];
}

Page({
  data: { title: '', length: 0, kinds: ['生活', '工作'], tags: ['重要', '今天'] },
  count({ detail }: WechatMiniprogram.Input) {
    this.setData({ length: detail.value.length });
  },
  keep({ detail }: WechatMiniprogram.FormSubmit) {
    const { title, text, kind, pinned } = detail.value as unknown as Filled;
    if (title === '') {
      wx.showModal({ title: '还没有标题', content: '请先写标题', showCancel: false });
      return;
    }
    wx.showLoading({ title: '正在保存', mask: true });
    const note = keepNote({ title, text, kind, pinned });
    wx.hideLoading();
    this.getOpenerEventChannel?.().emit?.('kept', note);
    wx.navigateBack();
  },
  clear() {
    this.setData({ length: 0 });
  },
});
