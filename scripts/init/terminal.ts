import { createInterface } from 'node:readline/promises';
import { ToolError } from 'cloudbase-local/command';

/** Somebody who can be asked. */
export interface Terminal {
  /** @throws ToolError CANCELLED if Ctrl+C or Ctrl+D is the answer. */
  ask(question: string): Promise<string>;
  close(): void;
}

/** @returns undefined if there is no terminal: in CI, or behind a pipe. */
export function openTerminal(): Terminal | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return {
    async ask(question) {
      try {
        return (await lines.question(question)).trim();
      } catch (error) {
        throw new ToolError('CANCELLED', '\nCancelled: nothing was changed.', error);
      }
    },
    close() {
      lines.close();
    },
  };
}
