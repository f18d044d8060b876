import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { reason, systemCode, ToolError } from 'cloudbase-local/command';

/** The files of a function's package: the SHA-256 of each, by name. */
export type PackageFiles = ReadonlyMap<string, string>;

/** An upload holds these files and nothing else. */
const parts = ['config.json', 'index.js', 'package.json'];

const downloadLimit = 60_000; // ms

/** @throws ToolError BUILD if a file of the function's folder is missing or cannot be read. */
export async function readBuiltPackage(folder: string): Promise<PackageFiles> {
  const files = parts.map(async (name): Promise<[string, string]> => {
    const file = path.join(folder, name);
    try {
      return [name, sha256(await readFile(file))];
    } catch (error) {
      const isMissing = systemCode(error) === 'ENOENT';
      const fault = isMissing ? 'is missing' : `cannot be read: ${reason(error)}`;
      const wayOn = name === 'index.js' ? 'run `npm run build`' : 'every upload needs it';
      throw new ToolError('BUILD', `${file} ${fault}; ${wayOn}.`, error);
    }
  });
  return new Map(await Promise.all(files));
}

/**
 * Downloads what the cloud has. Each upload is packed again, with its time, so the package has no lasting hash: the
 * bytes of its files are compared.
 *
 * @param url - The cloud offers the package there for a while.
 * @throws ToolError CLOUD if it cannot be downloaded.
 */
export async function downloadPackage(name: string, url: string): Promise<PackageFiles> {
  const bytes = await download(url).catch((error: unknown) => {
    const message = `The code of ${name} in the cloud cannot be downloaded, to compare it with what was built: ${reason(error)}.`;
    throw new ToolError('CLOUD', `${message} Run this again.`, error);
  });
  try {
    const files = Object.entries(unzipSync(bytes)).filter(([file]) => !file.endsWith('/'));
    return new Map(
      files
        .map(([file, content]) => [file, sha256(content)] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  } catch {
    // Whatever it is, it is not what was built.
    return new Map([['a package that is no zip file', sha256(bytes)]]);
  }
}

async function download(url: string): Promise<Uint8Array> {
  const signal = AbortSignal.timeout(downloadLimit);
  const answer = await fetch(url, { dispatcher: new EnvHttpProxyAgent(), signal });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** @returns One hash of all files and their names, 12 digits of it: enough to tell versions apart by eye. */
export function packageHash(files: PackageFiles): string {
  return sha256([...files].map((file) => file.join(' ')).join('\n')).slice(0, 12);
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
