import { parseEnv } from 'node:util';
import { ToolError } from 'cloudbase-local/command';

/** @returns What a `.env` text gives `name`; empty where it gives nothing. */
export function readVariable(text: string, name: string): string {
  return parseEnv(text)[name] ?? '';
}

/**
 * Sets one variable of a `.env` text and leaves everything else byte for byte as it is: a variable that is
 * there gets its new value in its place, one that is not gets a line at the end.
 *
 * @param value - Needs no quotes: no white space, quotation mark or `#`.
 * @throws ToolError FILE if that would change another variable: Node.js takes a line that is neither an assignment nor a comment for the beginning of the next name.
 */
export function writeVariable(text: string, name: string, value: string): string {
  const written = [replaceLast(text, name, value), append(text, name, value)].find(
    (candidate) => candidate !== undefined && changesOnly(text, candidate, name, value),
  );
  if (written !== undefined) return written;
  throw new ToolError(
    'FILE',
    `${name} cannot be set in .env: a line there is neither NAME=value nor, from its first character, a # comment. Correct it first.`,
  );
}

/** The last assignment is the one that counts; a comment behind it stays. */
function replaceLast(text: string, name: string, value: string): string | undefined {
  const assignment = new RegExp(
    `^([ \\t]*(?:export[ \\t]+)?${name}[ \\t]*=)([ \\t]*(?:"[^"\\n]*"|'[^'\\n]*'|\`[^\`\\n]*\`)|[^#\\r\\n]*?)([ \\t]*(?:#.*)?)$`,
    'gm',
  );
  const last = [...text.matchAll(assignment)].at(-1);
  if (last === undefined) return undefined;
  const [whole, before = '', , behind = ''] = last;
  return (
    text.slice(0, last.index) + before + value + behind + text.slice(last.index + whole.length)
  );
}

function append(text: string, name: string, value: string): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const separator = text === '' || text.endsWith('\n') ? '' : lineEnd;
  return `${text}${separator}${name}=${value}${lineEnd}`;
}

function changesOnly(before: string, after: string, name: string, value: string): boolean {
  // Node.js takes a comment for a variable where no line end follows.
  const expected = { ...parseEnv(`${before}\n`), [name]: value };
  const found = parseEnv(`${after}\n`);
  const names = Object.keys(expected);
  return (
    Object.keys(found).length === names.length &&
    names.every((each) => found[each] === expected[each])
  );
}
