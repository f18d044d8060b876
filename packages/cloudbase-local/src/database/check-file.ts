import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const timeLimit = 60_000;

/**
 * Reads a whole database file in a process of its own (check.ts): a damaged file can crash the process that maps it
 * into memory.
 *
 * @throws Error if the file cannot be read.
 */
export async function checkFile(file: string): Promise<void> {
  const program = path.join(__dirname, 'check.js');
  await promisify(execFile)(process.execPath, [program, file], { timeout: timeLimit });
}
