import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isToolError, reason, systemCode, ToolError } from './tool-error';

type Flags = NonNullable<ParseArgsConfig['options']>;

/** What a command was given: its flags as `values`, the rest as `positionals`. */
export type Given<Options extends Flags> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>;

export interface Command<Options extends Flags> {
  /** What `--help` and `-h` print. */
  readonly usage: string;
  /** The flags beside `--help`, as `parseArgs` of node:util takes them. */
  readonly options: Options;
  /** Whether arguments that are no flags are taken. */
  readonly allowPositionals?: boolean;
  /** The npm script that runs it: a flag that npm kept to itself is refused. */
  readonly npmScript?: string;
  /** @throws ToolError if it fails as expected; anything else is a fault of the command itself. */
  readonly run: (given: Given<Options>) => Promise<void>;
}

/** Runs a command with the arguments of this process, see {@link execute}. */
export function runCommand<const Options extends Flags>(command: Command<Options>): void {
  void execute(command, process.argv.slice(2));
}

/**
 * Runs a command to its end. A wrong flag or a {@link ToolError} gives the process the exit code 1 and shows its
 * message; any other error shows its stack.
 */
export async function execute<const Options extends Flags>(
  command: Command<Options>,
  args: readonly string[],
): Promise<void> {
  const fail = (message: string): void => {
    process.exitCode ||= 1;
    process.stderr.write(`${message}\n`);
  };
  // Node.js ends, and well, if nothing is left to wait for: a request can be lost with its connection.
  const lost = (): void => {
    fail('The command ended before its work did.');
  };
  process.once('beforeExit', lost);
  try {
    await start(command, [...args]);
  } catch (error) {
    fail(describe(error));
  } finally {
    process.off('beforeExit', lost);
  }
}

async function start<Options extends Flags>(
  command: Command<Options>,
  args: string[],
): Promise<void> {
  const { usage, options, allowPositionals = false, npmScript, run } = command;
  const all: Flags = { ...options, help: { type: 'boolean', short: 'h' } };
  if (parseArgs({ args, options: all, allowPositionals }).values['help'] === true) {
    process.stdout.write(usage);
    return;
  }
  if (npmScript !== undefined) refuseKeptByNpm(npmScript, Object.keys(options));
  await run(parseArgs({ args, options, allowPositionals: true }));
}

/** npm keeps flags to itself that do not come after `--`: `npm run deploy --dry-run` would deploy. */
function refuseKeptByNpm(script: string, flags: readonly string[]): void {
  const kept = flags.find((flag) => {
    const value = process.env[`npm_config_${flag.replaceAll('-', '_')}`] ?? '';
    return value !== '' && value !== 'false';
  });
  if (kept === undefined) return;
  throw new ToolError(
    'USAGE',
    `npm kept --${kept} to itself. Put -- before the options: npm run ${script} -- --${kept}`,
  );
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return reason(error);
  if (systemCode(error)?.startsWith('ERR_PARSE_ARGS') === true)
    return `${error.message}\nSee --help.`;
  return isToolError(error) ? error.message : (error.stack ?? error.message);
}
