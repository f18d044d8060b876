import path from 'node:path';
import { startLocalCloud } from 'cloudbase-local';

/** A local cloud in a process of its own, for tests that kill it: prints its URL. Argument: the project's folder. */
async function main(root: string): Promise<void> {
  const dataDir = path.join(root, '.local-cloud');
  const cloud = await startLocalCloud({ root, dataDir, port: 0, env: {}, log: () => undefined });
  process.stdout.write(`${cloud.url}\n`);
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
