/**
 * Reads a whole LMDB file, each checksum in it too, and ends. A damaged file can crash the process that maps it into
 * memory, so the local cloud lets this one go first. Argument: the file.
 */
import { open, type Database, type Key } from 'lmdb';
import { withoutChecksum } from './checksum';
import { checkEntry } from './store-entry';

async function main(file: string): Promise<void> {
  const root = open<Buffer>({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    readOnly: true,
  });
  const names = [...root.getKeys({})].filter((key) => typeof key === 'string');
  readAll(root, () => undefined);
  for (const name of names) {
    const binary = { encoding: 'binary', keyEncoding: 'binary' } as const;
    const database = root.openDB<Buffer, Buffer>({ name, ...binary });
    readAll(database, (key, value) => {
      if (name === 'indexes') checkEntry(key, value);
      else withoutChecksum(value);
    });
  }
  await root.close();
}

function readAll<K extends Key>(
  database: Database<Buffer, K>,
  check: (key: K, value: Buffer) => void,
): void {
  let entries = 0;
  for (const { key, value } of database.getRange({})) {
    check(key, value);
    entries += 1;
  }
  const stats: unknown = database.getStats();
  const count =
    typeof stats === 'object' && stats !== null && 'entryCount' in stats
      ? stats.entryCount
      : undefined;
  if (count !== entries) throw new Error('entries are missing');
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
