/**
 * Reads a whole LMDB file and ends. A damaged file can crash the process that maps it into memory, so the
 * local cloud lets this one go first. Argument: the file.
 */
import { open } from 'lmdb';

async function main(file: string): Promise<void> {
  const database = open<Buffer, string[]>({
    path: file,
    noSubdir: true,
    encoding: 'binary',
    readOnly: true,
  });
  Array.from(database.getRange({}));
  await database.close();
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
