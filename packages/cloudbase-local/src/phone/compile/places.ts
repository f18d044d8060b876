import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const NPM = 'miniprogram_npm';
const packageSchema = v.object({ miniprogram: v.optional(v.string()) });

/** Names in the mini program, and where they are on disk. All paths are from the mini program's root. */
export interface Places {
  /** The mini program's folder. */
  readonly folder: string;
  /** Absolute name of a path; a package that DevTools has not built is where npm has put it. */
  file(name: string): string;
  /**
   * Finds the component that a JSON file names.
   *
   * @param user - Path of the page or component that names it.
   * @param target - As it is written there.
   * @returns its path without extension, or undefined if there is none.
   */
  component(user: string, target: string): string | undefined;
  /** Finds a script that `require` names by the root, by an alias, or in an npm package made for mini programs. */
  script(folder: string, target: string): string | undefined;
}

/**
 * @param folder - The mini program's folder.
 * @param aliases - `resolveAlias` of app.json.
 */
export function openPlaces(folder: string, aliases: Readonly<Record<string, string>>): Places {
  /** Where packages are that were found in node_modules, by their path in the mini program. */
  const packages = new Map<string, string>();

  const file = (name: string): string => {
    const direct = path.join(folder, name);
    const found = [...packages].find(([place]) => name === place || name.startsWith(`${place}/`));
    return found && !existsSync(path.join(folder, found[0]))
      ? path.join(found[1], name.slice(found[0].length))
      : direct;
  };
  /** Looks upwards, as `require` does: first for what DevTools has built, then for what npm has installed. */
  const inPackage = (from: string, target: string): string | undefined => {
    const [scope = '', second = ''] = target.split('/');
    const name = target.startsWith('@') ? `${scope}/${second}` : scope;
    const inside = target.slice(name.length);
    for (const place of upwards(from)) {
      if (existsSync(path.join(folder, place, NPM, name)))
        return path.posix.join(place, NPM, name) + inside;
    }
    const installed = findInstalled(path.join(folder, from), name);
    if (installed === undefined) return undefined;
    packages.set(`${NPM}/${name}`, installed);
    return `${NPM}/${name}${inside}`;
  };
  const aliased = (target: string): string => {
    for (const [alias, place] of Object.entries(aliases)) {
      const start = alias.replace(/\*$/, '');
      if (target.startsWith(start)) return place.replace(/\*$/, '') + target.slice(start.length);
    }
    return target;
  };
  const candidates = (from: string, written: string): string[] => {
    const target = aliased(written);
    if (target.startsWith('/')) return [path.posix.normalize(target.slice(1))];
    const relative = path.posix.join(from, target);
    if (target.startsWith('.')) return [relative];
    return [relative, inPackage(from, target)].filter((each) => each !== undefined);
  };
  const firstThatIs = (names: string[], is: (name: string) => boolean): string | undefined =>
    names.flatMap((name) => [name, path.posix.join(name, 'index')]).find(is);
  const isComponent = (name: string): boolean =>
    existsSync(`${file(name)}.json`) || existsSync(`${file(name)}.wxml`);

  return {
    folder,
    file,
    component: (user, target) =>
      firstThatIs(candidates(path.posix.dirname(user), target), isComponent),
    script(from, target) {
      const place = path.relative(folder, from).split(path.sep).join('/');
      const name = target.replace(/\.[jt]s$/, '');
      const names = candidates(place, name).map((each) => file(each));
      const found = names.flatMap((each) => [each, path.join(each, 'index')]);
      return found.flatMap((each) => [`${each}.js`, `${each}.ts`]).find((each) => existsSync(each));
    },
  };
}

function upwards(place: string): string[] {
  const parts = place === '.' ? [] : place.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/')).concat('');
}

/** The folder for mini programs of an installed package: what DevTools builds `miniprogram_npm` of. */
function findInstalled(from: string, name: string): string | undefined {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(found, 'package.json'))) return forMiniPrograms(found);
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/devtools/npm.html */
function forMiniPrograms(found: string): string {
  const text = readFileSync(path.join(found, 'package.json'), 'utf8');
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), packageSchema), text);
  const named = parsed.success ? parsed.output.miniprogram : undefined;
  const folder = path.join(found, named ?? 'miniprogram_dist');
  return existsSync(folder) ? folder : found;
}
