/** Virtual time: what is to happen, in the order of its time, and for the same time in the order it was asked for. */
export interface Timeline {
  /** Unix time in ms, with fractions. */
  readonly now: () => number;
  /** Runs `run` after so many ms, soon for less than 0 or `NaN`, unless the function it returns is called before. */
  after(ms: number, run: () => void): () => void;
  /** Lets time pass. Between two events all promises that can settle do. Rejects with what an event threw. */
  runUntil(end: number): Promise<void>;
}

/** Events between two looks at the process's own events, such as the end of it. */
const batchSize = 512;

/**
 * A binary heap in typed arrays: a million phones have some hundred thousand timers, most of which are stopped
 * before their time. A stopped one gives its function away at once, and its place when its time has come.
 */
export function createTimeline(start: number): Timeline {
  let now = start;
  let asked = 0;
  let size = 0;
  let capacity = 1024;
  let times = new Float64Array(capacity);
  let orders = new Float64Array(capacity);
  let places = new Int32Array(capacity);
  const runs: ((() => void) | undefined)[] = [];
  const serials: number[] = [];
  const free: number[] = [];

  const isBefore = (time: number, order: number, at: number): boolean => {
    const other = times[at] ?? 0;
    return time < other || (time === other && order < (orders[at] ?? 0));
  };
  const put = (at: number, time: number, order: number, place: number): void => {
    times[at] = time;
    orders[at] = order;
    places[at] = place;
  };
  const copy = (from: number, to: number): void => {
    put(to, times[from] ?? 0, orders[from] ?? 0, places[from] ?? 0);
  };

  function grow(): void {
    capacity *= 2;
    const grown = [new Float64Array(capacity), new Float64Array(capacity)] as const;
    grown[0].set(times);
    grown[1].set(orders);
    [times, orders] = grown;
    const grownPlaces = new Int32Array(capacity);
    grownPlaces.set(places);
    places = grownPlaces;
  }

  function push(time: number, place: number): void {
    if (size === capacity) grow();
    const order = (asked += 1);
    let at = size;
    size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(time, order, parent)) break;
      copy(parent, at);
      at = parent;
    }
    put(at, time, order, place);
  }

  function pop(): void {
    size -= 1;
    const time = times[size] ?? 0;
    const order = orders[size] ?? 0;
    const place = places[size] ?? 0;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(times[child + 1] ?? 0, orders[child + 1] ?? 0, child)) {
        child += 1;
      }
      if (isBefore(time, order, child)) break;
      copy(child, at);
      at = child;
    }
    put(at, time, order, place);
  }

  /** Runs what is next; says whether there is something before `end`. */
  function step(end: number): boolean {
    while (size > 0 && (times[0] ?? 0) <= end) {
      const time = times[0] ?? 0;
      const place = places[0] ?? 0;
      pop();
      const run = runs[place];
      runs[place] = undefined;
      free.push(place);
      if (run === undefined) continue;
      now = time;
      run();
      return true;
    }
    now = Math.max(now, end);
    return false;
  }

  return {
    now: () => now,
    after(ms, run) {
      if (ms === Infinity) return () => undefined;
      const place = free.pop() ?? runs.length;
      const serial = (serials[place] ?? 0) + 1;
      runs[place] = run;
      serials[place] = serial;
      push(now + (ms > 0 ? ms : 0), place);
      return () => {
        if (serials[place] === serial) runs[place] = undefined;
      };
    },
    runUntil: (end) =>
      new Promise((resolve, reject) => {
        let isOver = false;
        // Node runs all microtasks between two immediates.
        const next = (): void => {
          if (isOver) return;
          try {
            if (step(end)) return;
            resolve();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
          isOver = true;
        };
        const batch = (): void => {
          if (isOver) return;
          for (let count = 0; count < batchSize; count += 1) setImmediate(next);
          setImmediate(batch);
        };
        batch();
      }),
  };
}
