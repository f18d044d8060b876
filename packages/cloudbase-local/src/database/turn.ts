const milliseconds = 10;

/** When work began in this round of the event loop; undefined if none has. */
let began: number | undefined;

const waiting: (() => void)[] = [];

/** One in each round, so that others wait for one turn alone, however many there are. */
function callNext(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(callNext);
}

/** What all that takes long has in common: how long it may go on before others have their turn. */
export const turn = {
  get isOver(): boolean {
    if (began === undefined) {
      began = performance.now();
      setImmediate(() => {
        began = undefined;
      });
    }
    return performance.now() - began > milliseconds;
  },

  /** Lets others have their turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(callNext);
    });
  },
};
