import { reason, systemCode } from './errors';

type ErrorClass = abstract new (...args: never[]) => Error;

/**
 * Runs a command of this project. What it throws ends it with status 1: a wrong option or an expected error
 * with its message, anything else is a fault of the command itself and shows its stack.
 *
 * @param expected - What whoever runs the command can put right.
 */
export function runCommand(main: () => Promise<void>, ...expected: readonly ErrorClass[]): void {
  main().catch((error: unknown) => {
    process.exitCode ||= 1;
    process.stderr.write(`${describe(error, expected)}\n`);
  });
}

function describe(error: unknown, expected: readonly ErrorClass[]): string {
  if (!(error instanceof Error)) return reason(error);
  const wrongOption = systemCode(error)?.startsWith('ERR_PARSE_ARGS') ?? false;
  if (wrongOption || expected.some((each) => error instanceof each)) return error.message;
  return error.stack ?? error.message;
}
