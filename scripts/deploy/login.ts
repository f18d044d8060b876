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
  /** With keys that the CLI got for a while only. */
  readonly token: string | undefined;
}

const text = v.optional(v.string());
const time = v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number)));

/** What `tcb login` keeps; the names with tmp are those of its older versions. */
const authFile = v.object({
  credential: v.object({
    secretId: text,
    secretKey: text,
    token: text,
    accessTokenExpired: time,
    tmpSecretId: text,
    tmpSecretKey: text,
    tmpToken: text,
    tmpExpired: time,
  }),
});

const howTo =
  'Log in with `npx tcb login`, or with a key: `npx tcb login --apiKeyId <id> --apiKey <key>`.';

/** What is left of a key's life, in ms, below which the CLI gets a new one. */
const margin = 120_000;

/**
 * Reads the login of the CloudBase CLI, which renews it where it has run out.
 *
 * @param now - Unix time in ms.
 * @throws ToolError LOGIN where there is none.
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
  const parsed = v.safeParse(authFile, await readAuthFile());
  const credential = parsed.success ? parsed.output.credential : undefined;
  const secretId = credential?.secretId ?? credential?.tmpSecretId ?? '';
  const secretKey = credential?.secretKey ?? credential?.tmpSecretKey ?? '';
  if (secretId === '' || secretKey === '') {
    throw new ToolError('LOGIN', `The CloudBase CLI is not logged in. ${howTo}`);
  }
  const token = credential?.token ?? credential?.tmpToken ?? '';
  return {
    login: { secretId, secretKey, token: token === '' ? undefined : token },
    expires: credential?.accessTokenExpired ?? credential?.tmpExpired,
  };
}

async function readAuthFile(): Promise<unknown> {
  const file = path.join(homedir(), '.config/.cloudbase/auth.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new ToolError('LOGIN', `The login of the CloudBase CLI cannot be read. ${howTo}`, error);
  }
}
