import { readNotes, type Note } from '../../utils/notes';

Page({
  data: { notes: [] as Note[], refreshed: 0 },
  onShow() {
    this.setData({ notes: readNotes() });
    this.showCount();
  },
  onPullDownRefresh() {
    this.setData({ notes: readNotes(), refreshed: this.data.refreshed + 1 });
    wx.stopPullDownRefresh();
  },
  onTabItemTap({ text }: { text: string }) {
    console.log(`tab ${text}`);
  },
  showCount() {
    const { length } = this.data.notes;
    if (length > 0) wx.setTabBarBadge({ index: 0, text: String(length) });
  },
  open({ currentTarget }: WechatMiniprogram.TouchEvent) {
    const { id } = currentTarget.dataset as { id: string };
    wx.navigateTo({ url: `../note/index?id=${id}` });
  },
  write() {
    wx.navigateTo({
      url: '/pages/edit/index',
      events: {
        kept: ({ title }: { title: string }) => {
          wx.showToast({ title: `已保存 ${title}`, icon: 'none' });
        },
      },
    });
  },
});
