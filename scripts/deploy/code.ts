import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { reason, systemCode, ToolError } from 'cloudbase-local/command';

/** The files of a function: the SHA-256 of each, by name. */
export type Code = ReadonlyMap<string, string>;

/** What a function's upload holds, and nothing else. */
const parts = ['config.json', 'index.js', 'package.json'];

/** In ms. */
const downloadLimit = 60_000;

/**
 * Reads what was built.
 *
 * @param folder - The function's folder.
 * @throws ToolError BUILD where a file is missing or cannot be read.
 */
export async function readBuiltCode(folder: string): Promise<Code> {
  const files = await Promise.all(
    parts.map(async (name): Promise<[string, string]> => {
      try {
        return [name, sha256(await readFile(path.join(folder, name)))];
      } catch (error) {
        const file = path.join(folder, name);
        const fault =
          systemCode(error) === 'ENOENT' ? 'is missing' : `cannot be read: ${reason(error)}`;
        throw new ToolError('BUILD', `${file} ${fault}; run \`npm run build\`.`, error);
      }
    }),
  );
  return new Map(files);
}

/**
 * Downloads what the cloud holds. The package itself has no lasting hash, since each upload is packed anew
 * with its time: what counts is the bytes of the files in it.
 *
 * @param url - Where the cloud offers the package for a while.
 * @throws ToolError CLOUD where it does not come.
 */
export async function downloadCode(name: string, url: string): Promise<Code> {
  const bytes = await download(url).catch((error: unknown) => {
    const message = `The code of ${name} in the cloud cannot be downloaded, to compare it with what was built: ${reason(error)}.`;
    throw new ToolError('CLOUD', `${message} Run this again.`, error);
  });
  let files: [string, Uint8Array][];
  try {
    files = Object.entries(unzipSync(bytes));
  } catch {
    // Whatever it is, it is not what was built.
    return new Map([['a package that is no zip file', sha256(bytes)]]);
  }
  return new Map(
    files
      .filter(([file]) => !file.endsWith('/'))
      .map(([file, content]) => [file, sha256(content)] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

async function download(url: string): Promise<Uint8Array> {
  // Loaded here, since it does not load on the older Node.js that the check is to refuse.
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const answer = await fetch(url, {
    dispatcher: new EnvHttpProxyAgent(),
    signal: AbortSignal.timeout(downloadLimit),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @returns One hash of all files and their names, 12 digits of it: enough to tell versions apart by eye. */
export function codeHash(code: Code): string {
  return sha256([...code].map((file) => file.join(' ')).join('\n')).slice(0, 12);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
