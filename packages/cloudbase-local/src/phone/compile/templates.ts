import * as v from 'valibot';
import type { Fault } from '../../project/fault';
import type { Places } from './places';
import { readNeeded } from './source-text';
import { attempt } from './template-compiler';
import { forEngine, readScripts, syntaxFaults } from './wxs';

/** The templates of a mini program, with those that they import and the scripts that they use. */
export interface Templates {
  /** A JavaScript expression: an object with the code of each template that compiles, by its path. */
  code: string;
  /** What is wrong with a template, or with what it imports. */
  faultsOf(path: string): Fault[];
  /** What WeChat takes although it is wrong. */
  warnings: Fault[];
}

interface Template {
  path: string;
  file: string;
  text: string;
}

/** What one template needs: other templates, and scripts. */
interface Needs {
  templates: string[];
  scripts: string[];
  /** Scripts in the template itself. */
  inline: { module: string; text: string }[];
}

/** What the compiler finds in a template; lines and columns from 0. */
const diagnostics = v.array(
  v.object({
    level: v.picklist(['Note', 'Warn', 'Error', 'Fatal']),
    message: v.string(),
    startLine: v.number(),
    startColumn: v.number(),
  }),
);
const paths = v.array(v.string());

/** Warnings of this compiler that stop WeChat's older one. */
const stops = ['missing end tag', 'invalid end tag'];
/** Errors of this compiler that WeChat's older one passes over. */
const passes = ['illegal entity', 'child nodes are not allowed for this element'];

/**
 * Compiles the templates of pages and components, and what they import.
 *
 * @param roots - Paths of the pages and components.
 */
export async function compileTemplates(
  roots: readonly string[],
  places: Places,
): Promise<Templates> {
  const faults = new Map<string, Fault[]>();
  const needs = new Map<string, Needs>();
  const templates: Template[] = [];
  const waiting: { path: string; user?: string }[] = roots.map((path) => ({ path }));
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { path, user } = next;
    if (needs.has(path)) continue;
    needs.set(path, { templates: [], scripts: [], inline: [] });
    const file = `${places.file(path)}.wxml`;
    const read = await readNeeded(file, user);
    if ('faults' in read) faults.set(path, read.faults);
    else {
      templates.push({ path, file, text: read.text });
      const found = needsOf(path, read.text);
      needs.set(path, found);
      for (const { module, text } of found.inline) {
        const wrong = await syntaxFaults(file, text);
        // Lines count from the tag, not from the file's beginning.
        const named = wrong.map(({ reason }) => ({
          file,
          reason: `<wxs module="${module}"> ${reason}`,
        }));
        if (named.length > 0) faults.set(path, [...(faults.get(path) ?? []), ...named]);
      }
      waiting.push(...found.templates.map((each) => ({ path: each, user: file })));
    }
  }

  const scripts = await readScripts(
    [...needs.values()].flatMap((each) => each.scripts),
    places,
  );
  const unharmed = templates.filter(({ path }) => !faults.has(path));
  const { code, found } = compileAll(unharmed, scripts.texts);
  const warnings: Fault[] = [];
  for (const { path, fault, stops } of found) {
    if (stops) faults.set(path, [...(faults.get(path) ?? []), fault]);
    else warnings.push(fault);
  }
  for (const [path, { scripts: used }] of needs) {
    const wrong = used.flatMap((each) => scripts.faults.get(each) ?? []);
    if (wrong.length > 0) faults.set(path, [...(faults.get(path) ?? []), ...wrong]);
  }
  return {
    code,
    warnings,
    faultsOf(path) {
      const seen = new Set<string>();
      const collect = (each: string): Fault[] => {
        if (seen.has(each)) return [];
        seen.add(each);
        const deeper = needs.get(each)?.templates ?? [];
        return [...(faults.get(each) ?? []), ...deeper.flatMap(collect)];
      };
      return collect(path);
    },
  };
}

function needsOf(path: string, text: string): Needs {
  const found = attempt((group) => {
    group.addTmpl(path, text);
    return {
      templates: v.parse(paths, group.getDirectDependencies(path)),
      scripts: v.parse(paths, group.getScriptDependencies(path)),
      inline: v.parse(paths, group.getInlineScriptModuleNames(path)).map((module) => ({
        module,
        text: group.getInlineScript(path, module),
      })),
    };
  });
  return found ?? { templates: [], scripts: [], inline: [] };
}

interface Found {
  path: string;
  fault: Fault;
  /** Whether the template cannot be used. */
  stops: boolean;
}

function compileAll(
  templates: readonly Template[],
  scripts: ReadonlyMap<string, string>,
): { code: string; found: Found[] } {
  const found: Found[] = [];
  const sound = templates.filter(({ path, file, text }) => {
    const messages = attempt((group) => {
      const said: unknown = group.addTmpl(path, text);
      group.getTmplGenObjectGroups();
      return v.parse(diagnostics, said);
    });
    if (messages === undefined) {
      const fault = { file, reason: '模板编译不了：嵌套可能太深' };
      found.push({ path, fault, stops: true });
      return false;
    }
    const lines = text.split('\n');
    for (const { level, message, startLine, startColumn } of messages) {
      if (level === 'Note') continue;
      const place = { line: startLine + 1, column: startColumn + 1 };
      const fault = { file, reason: message, ...place, excerpt: lines[startLine] ?? '' };
      const wrong = level === 'Warn' ? stops.includes(message) : !passes.includes(message);
      found.push({ path, fault, stops: wrong });
    }
    return !found.some((each) => each.path === path && each.stops);
  });
  const code = attempt((group) => {
    for (const [path, text] of scripts) group.addScript(path, text);
    for (const { path, text } of sound) {
      group.addTmpl(path, text);
      for (const module of v.parse(paths, group.getInlineScriptModuleNames(path)))
        group.setInlineScript(path, module, forEngine(path, group.getInlineScript(path, module)));
    }
    return group.getTmplGenObjectGroups();
  });
  if (code === undefined) throw new Error('The templates cannot be compiled together.');
  return { code, found };
}
