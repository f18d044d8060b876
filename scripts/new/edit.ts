import { ToolError } from 'cloudbase-local/command';

/** What becomes of one file. */
export interface Edit {
  /** From the project's folder. */
  readonly file: string;
  /** @param text - What the file holds; undefined if there is no such file. */
  readonly change: (text: string | undefined) => string;
}

/** A file that must not be there yet. */
export function newFile(file: string, text: string): Edit {
  return {
    file,
    change(present) {
      if (present === undefined) return text;
      throw new ToolError('EXISTS', `${file} is there already. Nothing was changed.`);
    },
  };
}

/** A file of JSON that gets something more. */
export function editJson(file: string, change: (json: unknown) => unknown): Edit {
  return { file, change: (text) => JSON.stringify(change(JSON.parse(text ?? 'null'))) };
}

/** Puts lines behind the first match of a pattern, which must be there. */
export function insertBehind(file: string, pattern: RegExp, lines: string): Edit {
  return {
    file,
    change(text = '') {
      const found = pattern.exec(text);
      if (found === null) {
        throw new ToolError('FILE', `${file} has no place for it (${pattern.source}).`);
      }
      const at = found.index + found[0].length;
      return text.slice(0, at) + lines + text.slice(at);
    },
  };
}
