import { readFileSync } from 'node:fs';
import path from 'node:path';

export type Language = 'JavaScript' | 'TypeScript';

/** Something that the document tells its reader to do. */
export type Step =
  | { readonly kind: 'run'; readonly script: string }
  /** The whole of a file. */
  | { readonly kind: 'write'; readonly file: string; readonly text: string }
  | {
      readonly kind: 'change';
      readonly file: string;
      readonly before: string;
      readonly after: string;
    };

export const repository = path.resolve(__dirname, '../..');

/** The steps for a language, in their order, out of docs/into-your-project.md or its Chinese twin. */
export function readSteps(language: Language, page = 'into-your-project.md'): Step[] {
  const text = readFileSync(path.join(repository, 'docs', page), 'utf8');
  const other = language === 'JavaScript' ? /^TypeScript/ : /^JavaScript/;
  return text
    .split(/^#+ /m)
    .filter((section) => !other.test(section))
    .flatMap((section) => [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(toStep));
}

/** A file is named before its block: the last one that is. */
function toStep({ input, index, 1: kind = '', 2: text = '' }: RegExpExecArray): Step {
  if (kind === 'sh') return { kind: 'run', script: text };
  const file = [...input.slice(0, index).matchAll(/`([\w./-]+\.(?:js|ts|json))`/g)].at(-1)?.[1];
  if (file === undefined) throw new Error(`No file is named before this block:\n${text}`);
  if (kind !== 'diff') return { kind: 'write', file, text };
  const lines = text.trimEnd().split('\n');
  const side = (sign: '-' | '+') =>
    lines
      .filter((line) => [sign, ' '].includes(line.charAt(0)))
      .map((line) => line.slice(1))
      .join('\n');
  return { kind: 'change', file, before: side('-'), after: side('+') };
}

/** How many lines the reader writes in this step, empty ones left out. */
export function handWritten(step: Step): number {
  if (step.kind === 'run') return 0;
  if (step.kind === 'write') return count(step.text);
  const kept = step.before.split('\n').filter((line) => step.after.split('\n').includes(line));
  return count(step.after) - count(kept.join('\n'));
}

function count(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}
