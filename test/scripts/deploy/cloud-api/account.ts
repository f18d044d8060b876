import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** A key of an account. */
export interface KeyPair {
  readonly secretId: string;
  readonly secretKey: string;
  /** What has to be sent with it, where it is good for a while only. */
  readonly token?: string;
}

/**
 * Where the CLI is logged in, in a home folder of its own.
 *
 * @param now - Unix ms.
 */
export async function writeHome(
  home: string,
  login: KeyPair | undefined,
  now: number,
): Promise<void> {
  const folder = path.join(home, '.config', '.cloudbase');
  await mkdir(folder, { recursive: true });
  if (login === undefined) return;
  const { secretId, secretKey, token } = login;
  // As `tcb login --apiKeyId ... --apiKey ...` leaves it, and `tcb login` with a token.
  const accessTokenExpired = now + 7_200_000;
  const renewable = token === undefined ? {} : { token, accessTokenExpired };
  const text = JSON.stringify({ credential: { secretId, secretKey, ...renewable } }, null, 2);
  await writeFile(path.join(folder, 'auth.json'), text, { mode: 0o600 });
}

/** What makes a child process talk to the proxy, with that home; it reads the authority when it starts. */
export function childEnvironment(
  proxyUrl: string,
  authority: string,
  home: string,
): Record<string, string> {
  return {
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    NODE_EXTRA_CA_CERTS: authority,
    NODE_OPTIONS: `--import=${pathToFileURL(path.join(__dirname, 'compile-cache.mjs')).href}`,
    HOME: home,
    USERPROFILE: home,
  };
}
