import { transform } from 'esbuild';
import { faultsOf, type Fault } from '../../project/fault';
import type { Places } from './places';
import { readNeeded } from './source-text';

/** WXS files, and what is wrong with those that are left out. */
export interface Scripts {
  texts: Map<string, string>;
  faults: Map<string, Fault[]>;
}

const requires = /\brequire\(\s*(['"])([^'"]+)\1\s*\)/g;

/** Reads wxs files and those that they require. One at fault is left out, as its faults are kept. */
export async function readScripts(names: readonly string[], places: Places): Promise<Scripts> {
  const texts = new Map<string, string>();
  const faults = new Map<string, Fault[]>();
  const waiting = [...names];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    if (texts.has(name) || faults.has(name)) continue;
    const file = `${places.file(name)}.wxs`;
    const read = await readNeeded(file, undefined);
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
export function forEngine(name: string, text: string): string {
  const script = text
    .replaceAll(/\.constructor\b(?!\s*\.)/g, '.constructor.name')
    // The engine knows scripts by their paths without the extension.
    .replaceAll(requires, (written) => written.replace(/\.wxs(?=['"])/, ''));
  return `try { (function () { ${script}
}).call(this); } catch (error) { console.error(${JSON.stringify(`${name}: WXS`)}, error); }
module.exports = guardWxs(${JSON.stringify(name)}, module.exports);`;
}

/** What keeps a script from being one. */
export async function syntaxFaults(file: string, text: string): Promise<Fault[]> {
  try {
    await transform(text, { loader: 'js', logLevel: 'silent' });
    return [];
  } catch (error) {
    return faultsOf(error, file).map((fault) => ({ ...fault, file }));
  }
}
