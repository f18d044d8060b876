Page({
  data: { tasks: [] as string[], message: '' },

  onLoad() {
    return this.load();
  },

  async load() {
    try {
      const { result } = await wx.cloud.callFunction({ name: 'tasks', data: { done: false } });
      this.setData({ tasks: (result as { tasks: string[] }).tasks });
    } catch (error) {
      this.setData({ message: error instanceof Error ? error.message : '出错了' });
    }
  },
});
