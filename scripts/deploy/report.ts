/** Where a deployment says how far it is. */
export interface Report {
  /** A new step begins. */
  step(title: string): void;
  /** Something of this step is done, or found. */
  done(line: string): void;
  /** Something of this step begins that takes a while. */
  begin(line: string): void;
  /** @returns How many things were changed in the cloud so far. */
  changes(): number;
  /** Something was changed in the cloud. */
  changed(line: string): void;
}

/** @param write - Takes one line, with its end. */
export function startReport(write: (line: string) => void): Report {
  let changes = 0;
  return {
    step(title) {
      write(`${title}\n`);
    },
    done(line) {
      write(`  ✓ ${line}\n`);
    },
    begin(line) {
      write(`  … ${line}\n`);
    },
    changes: () => changes,
    changed(line) {
      changes += 1;
      write(`  ✓ ${line}\n`);
    },
  };
}

const every = 10_000;

/** Says every ten seconds that something is still under way. */
export async function patiently<T>(
  report: Report,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  let seconds = 0;
  const timer = setInterval(() => {
    seconds += every / 1000;
    report.begin(`${what}, for ${seconds} s now`);
  }, every);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Takes secrets out of a text that another program wrote. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, '***'), text);
}
