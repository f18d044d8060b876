import { createRequire } from 'node:module';
import { transform } from 'esbuild';
import type * as compilerModule from 'glass-easel-template-compiler';
import * as v from 'valibot';
import { faultsOf, type Fault } from '../../project/fault';
import type { Places } from './places';
import { readSource } from './source-text';

type Compiler = typeof compilerModule;
type Group = compilerModule.TmplGroup;

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
const stops = ['missing end tag', 'invalid end tag', 'invalid attribute'];
/** Errors of this compiler that WeChat's older one takes for text. */
const passes = ['illegal entity'];

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
    const read = await textOf(file, user);
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

async function textOf(
  file: string,
  user: string | undefined,
): Promise<{ text: string } | { faults: Fault[] }> {
  try {
    const text = await readSource(file);
    if (text !== undefined) return { text };
    const reason = user === undefined ? '文件不存在' : `文件不存在（${user} 引用了它）`;
    return { faults: [{ file, reason }] };
  } catch (error) {
    return { faults: [...faultsOf(error, file)] };
  }
}

/**
 * A fresh compiler: one that failed in itself (templates nested some 200 deep overflow its stack) is of no use for
 * any other template.
 */
function freshCompiler(): Compiler {
  const load = createRequire(__filename);
  const name = 'glass-easel-template-compiler';
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the way to load a module again
  delete load.cache[load.resolve(name)];
  return load(name) as Compiler;
}

let compiler = freshCompiler();

/** Runs work of the compiler; undefined if the compiler failed in itself. */
function attempt<T>(work: (group: Group) => T): T | undefined {
  try {
    const group = new compiler.TmplGroup();
    const result = work(group);
    group.free();
    return result;
  } catch {
    compiler = freshCompiler();
    return undefined;
  }
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

interface Scripts {
  texts: Map<string, string>;
  faults: Map<string, Fault[]>;
}

const requires = /\brequire\(\s*(['"])([^'"]+)\1\s*\)/g;

/** Reads wxs files and those that they require. One at fault is left out, as its faults are kept. */
async function readScripts(names: readonly string[], places: Places): Promise<Scripts> {
  const texts = new Map<string, string>();
  const faults = new Map<string, Fault[]>();
  const waiting = [...names];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (texts.has(name) || faults.has(name)) continue;
    const file = `${places.file(name)}.wxs`;
    const read = await textOf(file, undefined);
    const wrong = 'faults' in read ? read.faults : await syntaxFaults(file, read.text);
    if ('faults' in read || wrong.length > 0) {
      faults.set(name, wrong);
      continue;
    }
    const folder = name.split('/').slice(0, -1).join('/');
    for (const [, , target = ''] of read.text.matchAll(requires)) {
      waiting.push(resolveFrom(folder, target.replace(/\.wxs$/, '')));
    }
    texts.set(name, forEngine(name, read.text));
  }
  return { texts, faults };
}

function resolveFrom(folder: string, target: string): string {
  const url = new URL(target, `file:///${folder === '' ? '' : `${folder}/`}`);
  return decodeURIComponent(url.pathname).slice(1);
}

/**
 * A WXS script as the engine runs it. The `constructor` of a value is the name of its kind there:
 * `[].constructor === 'Array'`. All scripts run together, so that one that throws is kept from the others.
 */
function forEngine(name: string, text: string): string {
  const script = text.replaceAll(/\.constructor(?=\s*[!=]==?\s*['"])/g, '.constructor.name');
  return `try { (function () { ${script}
}).call(this); } catch (error) { console.error(${JSON.stringify(`${name}: WXS`)}, error); }
module.exports = guardWxs(${JSON.stringify(name)}, module.exports);`;
}

async function syntaxFaults(file: string, text: string): Promise<Fault[]> {
  try {
    await transform(text, { loader: 'js', logLevel: 'silent' });
    return [];
  } catch (error) {
    return faultsOf(error, file).map((fault) => ({ ...fault, file }));
  }
}
