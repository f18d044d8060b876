const session = require('../../session');

Page({
  data: { text: '' },

  async load() {
    try {
      const { orders } = await session.call('orders', {});
      this.setData({ text: orders.title });
    } catch (error) {
      this.setData({ text: error.message });
    }
  },
});
