import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A permanent key of an account. */
export interface KeyPair {
  readonly secretId: string;
  readonly secretKey: string;
}

/** Where the CLI is logged in, in a home folder of its own. */
export async function writeHome(home: string, login: KeyPair | undefined): Promise<void> {
  const folder = path.join(home, '.config', '.cloudbase');
  await mkdir(folder, { recursive: true });
  if (login === undefined) return;
  const { secretId, secretKey } = login;
  // As `tcb login --apiKeyId ... --apiKey ...` leaves it.
  const text = JSON.stringify({ credential: { secretId, secretKey } }, null, 2);
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
    HOME: home,
    USERPROFILE: home,
  };
}
