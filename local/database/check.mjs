// Reads a whole LMDB file and exits. A damaged file can crash the process that maps it into memory,
// so the local cloud lets this one go first.
import process from 'node:process';
import { open } from 'lmdb';

const database = open({
  path: process.argv[2] ?? '',
  noSubdir: true,
  encoding: 'binary',
  readOnly: true,
});
let bytes = 0;
for (const { key, value } of database.getRange({})) bytes += key.length + value.length;
process.exitCode = bytes >= 0 ? 0 : 1;
await database.close();
