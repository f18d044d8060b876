import { TmplGroup } from 'glass-easel-template-compiler';
import * as v from 'valibot';
import { SourcesError, type Fault } from '../../project/fault';
import type { TextFile } from './files';

/** What the compiler finds in a template; lines and columns from 0. */
const diagnostics = v.array(
  v.object({
    level: v.picklist(['Note', 'Warn', 'Error', 'Fatal']),
    message: v.string(),
    startLine: v.number(),
    startColumn: v.number(),
  }),
);

/**
 * Compiles all wxml (and wxs) of the mini program into one JavaScript expression: an object with the code of
 * each template by its path.
 *
 * @throws {SourcesError} with every fault of every template
 */
export function compileTemplates(templates: TextFile[], scripts: TextFile[]): string {
  const group = new TmplGroup();
  try {
    for (const script of scripts) group.addScript(script.path, script.text);
    const faults = templates.flatMap((template) =>
      faultsOf(template, group.addTmpl(template.path, template.text)),
    );
    const [first, ...rest] = faults;
    if (first) throw new SourcesError([first, ...rest]);
    return group.getTmplGenObjectGroups();
  } finally {
    group.free();
  }
}

function faultsOf({ file, text }: TextFile, messages: unknown): Fault[] {
  const lines = text.split('\n');
  return v
    .parse(diagnostics, messages)
    .filter(({ level }) => level !== 'Note')
    .map(({ message, startLine, startColumn }) => ({
      file,
      reason: message,
      line: startLine + 1,
      column: startColumn + 1,
      excerpt: lines[startLine] ?? '',
    }));
}
