import { session } from '../../session/index';
import { latestCall, withEvent, type Entry } from './entry';

type Data = {
  open: boolean;
  latest: string;
  /** The numbers of the lines on show, from top to bottom. */
  numbers: readonly number[];
  /** The lines by their numbers: a new one is sent alone. */
  lines: readonly Entry[];
};
type Methods = { toggle(): void };
type Own = {
  /** All lines, also while the panel is folded: then its view gets none of them. */
  log: readonly Entry[];
  stopListening: () => void;
};
type Change = Partial<Data> & Record<`lines[${number}]`, Entry>;

/** Shows these lines; all of them are among the changes, or have been before. */
function show(log: readonly Entry[], changed: readonly Entry[]): Change {
  const change: Change = { numbers: log.map(({ number }) => number) };
  for (const entry of changed) change[`lines[${entry.number}]`] = entry;
  return change;
}

/** The 调用记录 panel: what the session does as it happens, newest on top. */
Component<Data, Record<string, never>, Methods, [], Own>({
  data: { open: false, latest: '', numbers: [], lines: [] },
  lifetimes: {
    attached() {
      this.log = [];
      this.stopListening = session.on((event) => {
        this.log = withEvent(this.log, event);
        const latest = latestCall(this.log);
        const change = latest === this.data.latest ? {} : { latest };
        if (this.data.open) Object.assign(change, show(this.log, this.log.slice(0, 1)));
        if (Object.keys(change).length > 0) this.setData(change);
      });
    },
    detached() {
      this.stopListening();
    },
  },
  methods: {
    toggle() {
      const open = !this.data.open;
      this.setData({ open, lines: [], numbers: [] });
      if (open) this.setData(show(this.log, this.log));
    },
  },
});
