import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { reason, ToolError, type Command } from 'cloudbase-local/command';
import { readText, replaceFile } from 'cloudbase-local/project';
import type { Edit } from './edit';
import { formatted } from './formatted';
import { planFunction } from './function';
import { planPage } from './page';

const usage = `Usage: npm run new -- function <name>
       npm run new -- page <name>

Writes all that a protected cloud function or a page of the mini program needs, ready to run and with a test.
Nothing that is there is replaced. <name>: letters and digits, the first a small letter.

  -h, --help   print this
`;

const plans: Readonly<Record<string, (name: string) => Edit[]>> = {
  function: planFunction,
  page: planPage,
};

/**
 * `npm run new`.
 *
 * @param root - The project's folder.
 */
export function newCommand(root: string): Command<Record<string, never>> {
  return {
    usage,
    options: {},
    allowPositionals: true,
    npmScript: 'new',
    run: ({ positionals }) => writeNew(root, positionals),
  };
}

async function writeNew(
  root: string,
  [kind = '', name = '', ...more]: readonly string[],
): Promise<void> {
  const plan = Object.hasOwn(plans, kind) ? plans[kind] : undefined;
  if (plan === undefined || more.length > 0) {
    throw new ToolError(
      'USAGE',
      'Say what is wanted: function <name>, or page <name>. See --help.',
    );
  }
  if (!/^[a-z][A-Za-z0-9]{0,39}$/.test(name)) {
    throw new ToolError(
      'USAGE',
      `The name must be letters and digits, the first a small letter; ${name || 'an empty one'} is not.`,
    );
  }
  const texts = await carryOut(root, plan(name));
  for (const [file, text] of texts) await write(root, file, text);
}

/** @returns The new texts of all files; nothing is written yet. */
async function carryOut(root: string, edits: readonly Edit[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { file, change } of edits) {
    texts.set(file, change(texts.get(file) ?? (await readText(path.join(root, file)))));
  }
  return texts;
}

async function write(root: string, file: string, text: string): Promise<void> {
  const target = path.join(root, file);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await replaceFile(target, await formatted(root, file, text));
  } catch (error) {
    throw new ToolError('FILE', `${file} cannot be written: ${reason(error)}`, error);
  }
  process.stdout.write(`${file}\n`);
}
