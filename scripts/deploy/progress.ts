/** Tells how far a deployment is. */
export interface Progress {
  step(title: string): void;
  /** Something will be done, or is under way. */
  todo(line: string): void;
  /** Something was found as it must be. */
  done(line: string): void;
  /** Something was changed in the cloud. */
  changed(line: string): void;
  /** Something is as nobody wants it, and no deployment changes it. */
  note(line: string): void;
  /** @returns How many things were changed in the cloud so far. */
  changes(): number;
  /** Tells every ten seconds that some work is still under way. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;
}

const interval = 10_000;

/** @param write - Takes one line, with its end. */
export function startProgress(write: (line: string) => void): Progress {
  let changes = 0;
  const marked = (mark: string) => (line: string) => {
    write(`  ${mark} ${line}\n`);
  };
  const todo = marked('…');
  const done = marked('✓');
  return {
    step(title) {
      write(`${title}\n`);
    },
    todo,
    done,
    changed(line) {
      changes += 1;
      done(line);
    },
    note: marked('!'),
    changes: () => changes,
    async during(what, work) {
      let seconds = 0;
      const timer = setInterval(() => {
        seconds += interval / 1000;
        todo(`${what}, for ${seconds} s now`);
      }, interval);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
    },
  };
}
