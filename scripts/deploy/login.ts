import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { systemCode, ToolError } from 'cloudbase-local/command';
import type { Tcb } from './tcb';

/** What signs requests to the cloud's API. */
export interface Login {
  readonly secretId: string;
  readonly secretKey: string;
  /** Belongs to temporary keys. */
  readonly token?: string;
}

const text = v.optional(v.string());
const time = v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number)));

/** `tcb login` keeps this; older versions of it wrote the names with tmp. */
const credential = v.object({
  secretId: text,
  secretKey: text,
  token: text,
  accessTokenExpired: time,
  tmpSecretId: text,
  tmpSecretKey: text,
  tmpToken: text,
  tmpExpired: time,
});
const authFile = v.fallback(v.object({ credential }), { credential: {} });

const howTo =
  'Log in with `npx tcb login`, or with a key: `npx tcb login --apiKeyId <id> --apiKey <key>`.';

/** In ms. The CLI renews a key that has less left. */
const margin = 120_000;

/**
 * Reads the login of the CloudBase CLI, which renews it if it has run out.
 *
 * @param now - Unix time in ms.
 * @throws ToolError LOGIN if there is none.
 */
export async function readLogin(tcb: Tcb, now: () => number): Promise<Login> {
  const kept = await readKept();
  if (kept.expires === undefined || kept.expires > now() + margin) return kept.login;
  await tcb(['env', 'list']);
  const renewed = await readKept();
  if (renewed.expires !== undefined && renewed.expires <= now()) {
    throw new ToolError('LOGIN', `The login of the CloudBase CLI has run out. ${howTo}`);
  }
  return renewed.login;
}

async function readKept(): Promise<{ login: Login; expires: number | undefined }> {
  const { credential: kept } = v.parse(authFile, await readAuthFile());
  const { secretId = kept.tmpSecretId, secretKey = kept.tmpSecretKey } = kept;
  const { token = kept.tmpToken, accessTokenExpired: expires = kept.tmpExpired } = kept;
  if (!secretId || !secretKey) {
    throw new ToolError('LOGIN', `The CloudBase CLI is not logged in. ${howTo}`);
  }
  return { login: { secretId, secretKey, ...(token ? { token } : {}) }, expires };
}

async function readAuthFile(): Promise<unknown> {
  const file = path.join(homedir(), '.config/.cloudbase/auth.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    const message = `The login of the CloudBase CLI cannot be read. ${howTo}`;
    throw new ToolError('LOGIN', message, error);
  }
}
