import { readNotes } from '../../utils/notes';

interface Summary {
  text: string;
}

Page({
  data: { summary: '', platform: '' },
  async onLoad() {
    this.setData({ platform: wx.getDeviceInfo().platform });
    const titles = readNotes().map(({ title }) => title);
    const { result } = await wx.cloud.callFunction({ name: 'summary', data: { titles } });
    this.setData({ summary: (result as Summary).text });
  },
});
