import { session } from '../../session/index';
import { blank, createFeed, type Feed, type FeedData } from './feed';

type Methods = {
  reload(): Promise<void>;
  loadMore(): Promise<void>;
  onPullDownRefresh(): Promise<void>;
  onReachBottom(): Promise<void>;
};

Component<FeedData, Record<string, never>, Methods, [], { feed: Feed }>({
  data: blank,
  lifetimes: {
    attached() {
      this.feed = createFeed(
        (request) => session.call('orders', request),
        (change) => {
          this.setData(change);
        },
      );
    },
    detached() {
      this.feed.close();
    },
  },
  methods: {
    reload() {
      return this.feed.reload();
    },
    loadMore() {
      return this.feed.loadMore();
    },
    async onPullDownRefresh() {
      await this.feed.reload();
      await wx.stopPullDownRefresh();
    },
    onReachBottom() {
      return this.feed.loadMore();
    },
  },
});
