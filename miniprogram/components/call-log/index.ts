import { session } from '../../session/index';
import { latestCall, withEvent, type Entry } from './entry';

type Data = { open: boolean; log: readonly Entry[]; latest: string };
type Methods = { toggle(): void };
type Own = {
  /** All lines, also while the panel is folded: then its view gets none of them. */
  lines: readonly Entry[];
  stopListening: () => void;
};

/** The 调用记录 panel: what the session does as it happens, newest on top. */
Component<Data, Record<string, never>, Methods, [], Own>({
  data: { open: false, log: [], latest: '' },
  lifetimes: {
    attached() {
      this.lines = [];
      this.stopListening = session.on((event) => {
        const lines = withEvent(this.lines, event);
        if (lines === this.lines) return;
        this.lines = lines;
        const latest = latestCall(lines);
        if (this.data.open) this.setData({ log: lines, latest });
        else if (latest !== this.data.latest) this.setData({ latest });
      });
    },
    detached() {
      this.stopListening();
    },
  },
  methods: {
    toggle() {
      const open = !this.data.open;
      this.setData({ open, log: open ? this.lines : [] });
    },
  },
});
