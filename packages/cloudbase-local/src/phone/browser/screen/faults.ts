import * as v from 'valibot';
import type { Fault } from '../../../project/fault';

const faultSchema = v.object({
  file: v.string(),
  reason: v.string(),
  line: v.optional(v.number()),
  column: v.optional(v.number()),
  excerpt: v.optional(v.string()),
});
const faultyScript = v.object({ faults: v.array(faultSchema) });

/** What a script that does not compile throws in its place; undefined for any other error. */
export function faultsIn(error: unknown): Fault[] | undefined {
  const parsed = v.safeParse(faultyScript, error);
  if (!parsed.success) return undefined;
  return parsed.output.faults.map(({ file, reason, line, column, excerpt }): Fault => ({
    file,
    reason,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(excerpt !== undefined && { excerpt }),
  }));
}

/** Which file, and why: shown in place of a page that cannot be shown. */
export function faultView(title: string, faults: readonly Fault[]): HTMLElement {
  const main = element('main', 'faults');
  const alert = element('div', '');
  alert.role = 'alert';
  alert.append(element('h1', '', title), ...faults.map(faultItem));
  alert.append(element('p', 'way-on', '改好并保存后，这里会自动恢复。'));
  main.append(alert);
  return main;
}

/** What is wrong with cloud functions, beside a mini program that runs; undefined if nothing is. */
export function functionFaultsView(json: string | undefined): HTMLElement | undefined {
  const faults = faultsIn({ faults: JSON.parse(json ?? '[]') as unknown }) ?? [];
  const [first] = faults;
  if (first === undefined) return undefined;
  const aside = element('aside', 'function-faults');
  aside.role = 'alert';
  const details = document.createElement('details');
  const summary = element('summary', '', `云函数编译失败：${placeOf(first)}`);
  details.append(summary, ...faults.map(faultItem));
  aside.append(details);
  return aside;
}

function faultItem(fault: Fault): HTMLElement {
  const section = element('section', '');
  section.append(element('h2', '', placeOf(fault)), element('p', '', fault.reason));
  if (fault.excerpt !== undefined) {
    const caret = fault.column === undefined ? '' : `\n${' '.repeat(fault.column - 1)}^`;
    const excerpt = element('pre', '', fault.excerpt + caret);
    excerpt.tabIndex = 0;
    section.append(excerpt);
  }
  return section;
}

/** `file:line:column`, as editors open it. */
export function placeOf({ file, line, column }: Fault): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
