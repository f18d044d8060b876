import { session } from '../../session/index';
import { latestCall, withEvent, type Entry } from './entry';

type Data = { open: boolean; log: readonly Entry[]; latest: string };
type Methods = { toggle(): void };

/** The 调用记录 panel: what the session does as it happens, newest on top. */
Component<Data, Record<string, never>, Methods, [], { stopListening: () => void }>({
  data: { open: false, log: [], latest: '' },
  lifetimes: {
    attached() {
      this.stopListening = session.on((event) => {
        const log = withEvent(this.data.log, event);
        if (log !== this.data.log) this.setData({ log, latest: latestCall(log) });
      });
    },
    detached() {
      this.stopListening();
    },
  },
  methods: {
    toggle() {
      this.setData({ open: !this.data.open });
    },
  },
});
