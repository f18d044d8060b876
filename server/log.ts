import { secretNames, type Environment } from './settings';
import { pseudonym } from './token-crypto';

/** One line of a function's log: nothing in it identifies a user or opens a door. */
export interface LogLine {
  function: string;
  requestId: string;
  code: number;
  /** How long the call took, in ms. */
  ms: number;
  /** How many times the call waited for the database. */
  roundTrips: number;
  /** How many database calls it made. */
  databaseCalls: number;
  /** What the user was given or lost, where the function does more than one thing. */
  action?: string;
  /** A pseudonym: the same for every call of a user, see {@link pseudonym}. */
  user?: string;
  /** Why it failed, or what was left out. */
  cause?: string;
}

/** What a handler adds to the line. */
export interface Notes {
  /** The user whom the call serves; the line holds a pseudonym. */
  readonly uid?: string;
  readonly action?: string;
  readonly cause?: unknown;
}

/**
 * @param given - what came with the call: no text in it is told.
 */
export function describeCall(
  facts: LogLine,
  { uid, action, cause }: Notes,
  env: Environment,
  given: readonly unknown[],
): string {
  const { TOKEN_SALT } = env;
  const secrets = [...secretNames.map((name) => env[name]), ...textsIn(given, 4)]
    .filter((value) => value !== undefined)
    .filter((text) => text.length >= 4);
  const line: LogLine = {
    ...facts,
    ...(action === undefined ? {} : { action }),
    ...(uid === undefined || !TOKEN_SALT ? {} : { user: pseudonym(uid, TOKEN_SALT) }),
    ...(cause === undefined ? {} : { cause: explainError(cause, secrets) }),
  };
  return JSON.stringify(line);
}

/** The texts in a value and in what it holds, down to that depth. */
function textsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (depth === 0 || typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((part) => textsIn(part, depth - 1));
}

const longest = 1000;

/**
 * Tells an error and its causes in one line without stacks.
 *
 * @param secrets - texts that must not be told. Besides them, whatever looks like a token, a key or an
 *   openid is left out: a dependency may put anything into its messages.
 */
export function explainError(error: unknown, secrets: readonly string[]): string {
  const parts: string[] = [];
  for (let at = error; at !== undefined && parts.length < 5; at = causeOf(at)) {
    parts.push(describe(at));
  }
  const known = secrets.filter((secret) => secret.length > 0);
  const hidden = known.reduce((text, secret) => text.replaceAll(secret, '[…]'), parts.join(' ← '));
  return hidden.replace(/[\w+/=-]{16,}/g, hideSecret).slice(0, longest);
}

function hideSecret(word: string): string {
  const digits = /\d/.test(word) && /[a-z]/i.test(word);
  const bothCases = word.length > 24 && /[a-z]/.test(word) && /[A-Z]/.test(word);
  return digits || bothCases ? '[…]' : word;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof Error))
    return typeof error === 'string' ? error : 'a value that is no Error';
  const code = 'code' in error ? error.code : 'errCode' in error ? error.errCode : undefined;
  const label =
    typeof code === 'string' || typeof code === 'number' ? `${error.name} ${code}` : error.name;
  return `${label}: ${error.message}`;
}
