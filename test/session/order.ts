/** Decides which step of the network comes next; fast-check's scheduler is one. */
export interface Order {
  schedule(task: Promise<void>, label: string): Promise<void>;
  /** How many steps wait for their turn. */
  count(): number;
  waitNext(count: 1): Promise<void>;
}

/** A network that is fair, or, as long as it is so set, lets the newest pass before all others. */
export function inOrder(first: 'oldest' | 'newest' = 'oldest'): Order & { first: typeof first } {
  const waiting: (() => void)[] = [];
  return {
    first,
    schedule: () => new Promise((resolve) => waiting.push(resolve)),
    count: () => waiting.length,
    waitNext() {
      const go = this.first === 'oldest' ? waiting.shift() : waiting.pop();
      go?.();
      return Promise.resolve();
    },
  };
}
