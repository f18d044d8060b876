import { findNote } from '../../utils/notes';

Page({
  data: { title: '', text: '', kind: '', depth: 0 },
  onLoad({ id = '' }: { id?: string }) {
    const note = findNote(id);
    if (!note) return;
    this.setData({ ...note, depth: getCurrentPages().length });
    wx.setNavigationBarTitle({ title: note.title });
  },
});
