/** Virtual time: what is to happen, in the order of its time, and for the same time in the order it was asked for. */
export interface Timeline {
  /** Unix time in ms, with fractions. */
  readonly now: () => number;
  /** Runs `run` after so many ms, soon for less than 0 or `NaN`, unless the function it returns is called before. */
  after(ms: number, run: () => void): () => void;
  /** Lets time pass. Between two events all promises that can settle do. Rejects with what an event threw. */
  runUntil(end: number): Promise<void>;
}

/** Something that is to happen; one that was stopped has nothing to run. */
interface Entry {
  readonly time: number;
  readonly turn: number;
  run: (() => void) | undefined;
}

/** Events between two looks at the process's own events, such as the end of it. */
const batchSize = 512;
/** From so many ms on, a delay is likely a time limit: asked for again and again, and mostly stopped. */
const leastLimit = 1000;

/**
 * Time limits of the same length wait in a queue of their own, since they come in the order in which they were
 * asked for. So the heap stays small: a million phones have some hundred thousand time limits, and few other events.
 */
export function createTimeline(start: number): Timeline {
  let now = start;
  let asked = 0;
  const heap = createHeap();
  const queues = new Map<number, ReturnType<typeof createQueue>>();

  /** Where an entry waits until it is the next there. */
  function placeOf(ms: number): { add(entry: Entry): void } {
    if (ms < leastLimit || !Number.isInteger(ms)) return heap;
    const queue = queues.get(ms) ?? createQueue();
    queues.set(ms, queue);
    return queue;
  }

  /** Takes what is next, if it is to happen by `end`. */
  function take(end: number): Entry | undefined {
    let first = heap.first();
    let place: { take(): void } = heap;
    for (const queue of queues.values()) {
      const other = queue.first();
      if (other !== undefined && (first === undefined || isBefore(other, first))) {
        first = other;
        place = queue;
      }
    }
    if (first === undefined || first.time > end) return undefined;
    place.take();
    return first;
  }

  /** Runs what is next; says whether there was something before `end`. */
  function step(end: number): boolean {
    for (let entry = take(end); entry !== undefined; entry = take(end)) {
      if (entry.run === undefined) continue;
      now = entry.time;
      entry.run();
      return true;
    }
    now = Math.max(now, end);
    return false;
  }

  return {
    now: () => now,
    after(ms, run) {
      if (ms === Infinity) return () => undefined;
      const entry: Entry = { time: now + (ms > 0 ? ms : 0), turn: (asked += 1), run };
      placeOf(ms).add(entry);
      return () => {
        entry.run = undefined;
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

function isBefore(one: Entry, other: Entry): boolean {
  return one.time < other.time || (one.time === other.time && one.turn < other.turn);
}

/** A binary heap. */
function createHeap() {
  const entries: Entry[] = [];
  return {
    first: (): Entry | undefined => entries[0],
    add(entry: Entry): void {
      let at = entries.length;
      while (at > 0) {
        const parent = entries[(at - 1) >> 1];
        if (parent === undefined || isBefore(parent, entry)) break;
        entries[at] = parent;
        at = (at - 1) >> 1;
      }
      entries[at] = entry;
    },
    take(): void {
      const entry = entries.pop();
      if (entry === undefined || entries.length === 0) return;
      let at = 0;
      for (;;) {
        const left = entries[2 * at + 1];
        const right = entries[2 * at + 2];
        if (left === undefined) break;
        const isRight = right !== undefined && isBefore(right, left);
        const child = isRight ? right : left;
        if (isBefore(entry, child)) break;
        entries[at] = child;
        at = 2 * at + (isRight ? 2 : 1);
      }
      entries[at] = entry;
    },
  };
}

/** First in, first out; what was stopped goes without being the first. */
function createQueue() {
  let entries: (Entry | undefined)[] = [];
  let head = 0;
  return {
    first(): Entry | undefined {
      while (head < entries.length && entries[head]?.run === undefined) {
        entries[head] = undefined;
        head += 1;
      }
      if (head > 1024 && head > entries.length / 2) {
        entries = entries.slice(head);
        head = 0;
      }
      return entries[head];
    },
    add(entry: Entry): void {
      entries.push(entry);
    },
    take(): void {
      entries[head] = undefined;
      head += 1;
    },
  };
}
