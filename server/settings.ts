import * as v from 'valibot';

/** What the functions read from their environment variables, in the units they use. */
export interface Settings {
  readonly salts: Salts;
  /** The longest life of a token, in whole seconds. */
  readonly ttlSeconds: number;
  /** How many live tokens one user may hold. */
  readonly maxLive: number;
  /** How many tokens one user may be given within a minute. */
  readonly ratePerMinute: number;
  /** The mini program's AppID, for calls in which WeChat names none; without it HTTP logins are refused. */
  readonly appId: string | undefined;
  /** The mini program's AppSecret; without it no session_key is obtained. */
  readonly appSecret: string | undefined;
  /** Where WeChat's server API is, with no slash at its end. */
  readonly apiBase: string;
}

/**
 * Secrets of the server: new tokens are made and kept under the first, tokens under any of them are good.
 * Two while a salt is being changed, otherwise one.
 */
export type Salts = readonly [string, ...string[]];

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting is missing or unusable. The message names it and says what to do; it never holds the value. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS';
  override readonly name = 'SettingsError';
}

const makeSalt = `make one with: node -p "crypto.randomBytes(32).toString('base64url')"`;
const loopback = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** Not by URL.canParse, which Nodejs18.15 lacks: DevTools may have created the function on it. */
function isHttps(text: string): boolean {
  try {
    return new URL(text).protocol === 'https:';
  } catch {
    return false;
  }
}

function count(least: number, most: number, fallback: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d+$/, message),
      v.transform(Number),
      v.minValue(least, message),
      v.maxValue(most, message),
    ),
    String(fallback),
  );
}

const longEnough = v.minLength<string, 16, string>(
  16,
  `must have at least 16 characters; ${makeSalt}`,
);

const saltSchema = v.object({
  TOKEN_SALT: v.pipe(v.optional(v.string(), ''), v.nonEmpty(`is not set; ${makeSalt}`), longEnough),
  TOKEN_SALT_OLD: v.optional(v.pipe(v.string(), longEnough)),
});

const accountsSchema = v.object({ ACCOUNTS_KEY: v.optional(v.pipe(v.string(), longEnough)) });

const prefixSchema = v.object({
  TOKEN_COLLECTION_PREFIX: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^([A-Za-z][\w-]{0,31})?$/,
        'must be up to 32 letters, digits, _ and -, a letter first',
      ),
    ),
    '',
  ),
});

const schema = v.object({
  ...saltSchema.entries,
  TOKEN_TTL_SECONDS: count(1, 30 * 24 * 3600, 7200),
  TOKEN_MAX_LIVE: count(1, 100, 10),
  TOKEN_RATE_PER_MINUTE: count(1, 1000, 20),
  WX_APP_ID: v.optional(v.string()),
  WX_APP_SECRET: v.optional(v.string()),
  WX_API_BASE: v.optional(
    v.pipe(
      v.string(),
      v.transform((base) => base.replace(/\/+$/, '')),
      v.check(
        (base) => loopback.test(base) || isHttps(base),
        'must be an https URL (http only on loopback, for tests)',
      ),
    ),
    'https://api.weixin.qq.com',
  ),
});

/** The settings that no log, no answer and no command may show. */
export const secretNames: readonly string[] = [
  'ACCOUNTS_KEY',
  'TOKEN_SALT',
  'TOKEN_SALT_OLD',
  'WX_APP_SECRET',
];

/** The names of the environment variables. */
export const settingNames: readonly string[] = Object.keys(schema.entries);

/**
 * Reads the settings. A variable that is set but empty counts as not set: the CloudBase CLI fills an
 * unset `{{env.X}}` with an empty string.
 *
 * @throws {SettingsError} naming the first variable that cannot be used.
 */
export function readSettings(env: Environment): Settings {
  const output = read(schema, env);
  return {
    salts: toSalts(output),
    ttlSeconds: output.TOKEN_TTL_SECONDS,
    maxLive: output.TOKEN_MAX_LIVE,
    ratePerMinute: output.TOKEN_RATE_PER_MINUTE,
    appId: output.WX_APP_ID,
    appSecret: output.WX_APP_SECRET,
    apiBase: output.WX_API_BASE,
  };
}

/**
 * Reads what every function needs that looks a token up.
 *
 * @throws {SettingsError} naming the first variable that cannot be used.
 */
export function readSalts(env: Environment): Salts {
  return toSalts(read(saltSchema, env));
}

/**
 * Reads the key of the function `accounts`; without one nobody may call it.
 *
 * @throws {SettingsError} where it is too short.
 */
export function readAccountsKey(env: Environment): string | undefined {
  return read(accountsSchema, env).ACCOUNTS_KEY;
}

/**
 * Reads what the names of the collections `tokens` and `logins` begin with: nothing, unless the project has such
 * collections of its own.
 *
 * @throws {SettingsError} where no collection could be called so.
 */
export function readCollectionPrefix(env: Environment): string {
  return read(prefixSchema, env).TOKEN_COLLECTION_PREFIX;
}

function read<Schema extends v.GenericSchema>(schema: Schema, env: Environment) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = v.safeParse(schema, given, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SettingsError(`${v.getDotPath(issue) ?? 'The environment'} ${issue.message}`);
}

function toSalts(given: v.InferOutput<typeof saltSchema>): Salts {
  const { TOKEN_SALT: salt, TOKEN_SALT_OLD: old } = given;
  return old === undefined ? [salt] : [salt, old];
}
