import { isSessionError, session } from '../../session/index';

Component({
  data: { text: '' },
  methods: {
    onLoad() {
      void this.load();
    },
    async load() {
      this.setData({ text: '加载中…' });
      this.setData({ text: await latestOrder() });
    },
  },
});

/** What the page says: the title of the newest order, or why there is none. */
async function latestOrder(): Promise<string> {
  try {
    const { orders } = await session.call('orders', { limit: 1 });
    return orders[0]?.title ?? '还没有订单';
  } catch (error) {
    if (!isSessionError(error)) throw error;
    return `没有取到订单（${error.code}），点按重试`;
  }
}
