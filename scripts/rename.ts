import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { formatted } from './new/formatted';
import { renameOrders, type Words } from './rename/words';

const usage = `Usage: npm run rename -- <one> <many> <label>

Gives the orders of this template another name throughout: npm run rename -- booking bookings 预约. It works once.

  <one> <many>   small letters: singular and plural
  <label>        what they are called on the screen
  -h, --help     print this
`;

const root = path.resolve(__dirname, '..');

/** What keeps its words: what was, what tells of the renaming, and the package, which serves any project. */
const kept =
  /^(?:LICENSE|CHANGELOG|package-lock\.json|docs\/your-app|scripts\/rename|test\/scripts\/rename|packages\/(?!cloudbase-local\/test\/))|\.png$/;
const product = ['miniprogram', 'server', 'contract', 'cloudfunctions', 'database'];

async function renameProject(given: readonly string[]): Promise<void> {
  const words = parseWords(given);
  refuseUncommitted();
  const files = git('ls-files', '-z')
    .split('\0')
    .filter((file) => file !== '' && !kept.test(file));
  const texts = new Map<string, string>();
  for (const file of files) texts.set(file, await readFile(path.join(root, file), 'utf8'));
  refuseTaken(words, texts);

  const changed = [...texts].filter(
    ([file, text]) => renameOrders(file + text, words) !== file + text,
  );
  if (changed.length === 0)
    throw new ToolError('RENAME', 'Nothing is called orders here any more.');
  for (const [file, text] of changed) await rename(file, text, words);
  // What was built under the old name.
  git('clean', '-fdXq', 'cloudfunctions');
  for (const [file] of changed) await removeIfEmpty(path.dirname(file));
  say(`${changed.length} files changed. See it: git diff -M HEAD. Then: npm run build && npm test`);
}

function parseWords([one = '', many = '', label = '', ...more]: readonly string[]): Words {
  if (label === '' || more.length > 0) {
    throw new ToolError('USAGE', 'Say one, many and the label: booking bookings 预约. See --help.');
  }
  for (const word of [one, many]) {
    if (/^[a-z]{2,30}$/.test(word)) continue;
    throw new ToolError('USAGE', `A name must be 2 to 30 small letters; ${word} is not.`);
  }
  if (one === many) throw new ToolError('USAGE', 'Singular and plural must differ.');
  return { one, many, label };
}

function refuseUncommitted(): void {
  if (git('status', '--porcelain') === '') return;
  throw new ToolError('RENAME', 'Commit what you changed first, so that this can be undone.');
}

/** Two things under one name could not be told apart again. */
function refuseTaken({ one, many }: Words, texts: ReadonlyMap<string, string>): void {
  const taken = new RegExp(`(?<![A-Za-z])(?:${one}|${many})(?![a-z])`);
  for (const [file, text] of texts) {
    const found = product.includes(file.split('/', 1)[0] ?? '') && taken.exec(text);
    if (!found) continue;
    throw new ToolError('RENAME', `${found[0]} is a word of ${file} already: take another one.`);
  }
}

async function rename(file: string, text: string, words: Words): Promise<void> {
  const target = renameOrders(file, words);
  if (target !== file) {
    await mkdir(path.dirname(path.join(root, target)), { recursive: true });
    git('mv', file, target);
  }
  const renamed = await formatted(root, target, renameOrders(text, words));
  await writeFile(path.join(root, target), renamed);
}

/** Git moves files, and leaves their folders. */
async function removeIfEmpty(folder: string): Promise<void> {
  const absolute = path.join(root, folder);
  const entries = await readdir(absolute).catch(() => undefined);
  if (entries !== undefined && entries.length > 0) return;
  if (entries !== undefined) await rmdir(absolute);
  await removeIfEmpty(path.dirname(folder));
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

runCommand({
  usage,
  options: {},
  allowPositionals: true,
  npmScript: 'rename',
  run: ({ positionals }) => renameProject(positionals),
});
