import { existsSync } from 'node:fs';
import path from 'node:path';
import type * as v from 'valibot';
import { appSchema, componentSchema, readConfig, themeSchema, type Theme } from './config';
import { SourcesError } from './fault';
import { readAll, type TextFile } from './files';
import type { Program, ProgramComponent } from '../program';
import { compileStyle } from './styles';
import { pageWindow } from './window';

/** The mini program, read and parsed, ready to be bundled. */
export interface Sources {
  program: Program;
  templates: TextFile[];
  /** wxs files. */
  scripts: TextFile[];
  /** Absolute path of the script of each component, and of the app under `app`. */
  code: Map<string, string>;
}

/** What reading one component needs to know of the whole. */
interface Surroundings {
  root: string;
  folder: string;
  app: v.InferOutput<typeof appSchema>;
  theme: Theme;
}

/**
 * Reads the mini program: app.json, the pages it names, and the components that those use.
 *
 * @param root the project's folder
 * @param folder the mini program's folder
 * @throws {SourcesError} naming the file at fault
 */
export async function readSources(root: string, folder: string): Promise<Sources> {
  if (!existsSync(folder)) {
    const file = path.relative(root, folder);
    throw new SourcesError([{ file, reason: '找不到小程序的文件夹；建好以后刷新本页' }]);
  }
  const app = await readConfig(root, path.join(folder, 'app.json'), appSchema);
  const theme = await readConfig(root, path.join(folder, app.themeLocation), themeSchema, {});
  const components = await readComponents({ root, folder, app, theme });
  const names = ['app', ...components.map((component) => component.path)];
  return {
    program: {
      entry: app.entryPagePath ?? app.pages[0],
      components,
      appStyle: await styleOf(root, path.join(folder, 'app')),
    },
    templates: await readAll(root, folder, '.wxml'),
    scripts: await readAll(root, folder, '.wxs'),
    code: new Map(names.map((name) => [name, scriptOf(root, path.join(folder, name))])),
  };
}

async function readComponents(surroundings: Surroundings): Promise<ProgramComponent[]> {
  const found = new Map<string, ProgramComponent>();
  const waiting = [...surroundings.app.pages];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (found.has(next)) continue;
    const component = await readComponent(surroundings, next, `c${found.size}`);
    found.set(next, component);
    const used = Object.values(component.config.usingComponents);
    waiting.push(...used.map((absolute) => absolute.slice(1)));
  }
  return [...found.values()];
}

async function readComponent(
  { root, folder, app, theme }: Surroundings,
  name: string,
  scope: string,
): Promise<ProgramComponent> {
  const base = path.join(folder, name);
  const isPage = app.pages.includes(name);
  const config = await readConfig(root, `${base}.json`, componentSchema, isPage ? {} : undefined);
  mustExist(root, `${base}.wxml`);
  const isolation = config.styleIsolation ?? (isPage ? 'page-shared' : 'isolated');
  const everywhere = isolation === 'shared' || isolation === 'page-shared';
  const styleScope = everywhere ? undefined : scope;
  return {
    path: name,
    config: {
      component: styleScope !== undefined,
      addGlobalClass: isolation.endsWith('apply-shared'),
      usingComponents: {
        ...resolveAll(root, folder, 'app', app.usingComponents),
        ...resolveAll(root, folder, name, config.usingComponents),
      },
    },
    style: await styleOf(root, base, styleScope),
    ...(styleScope !== undefined && { styleScope }),
    ...(isPage && { page: pageWindow(app.window, config, theme) }),
  };
}

function resolveAll(
  root: string,
  folder: string,
  user: string,
  used: Record<string, string>,
): Record<string, string> {
  const place = path.posix.dirname(`/${user}`);
  return Object.fromEntries(
    Object.entries(used).map(([tag, target]) => {
      const absolute = path.posix.resolve(place, target);
      if (!target.includes('://') && existsSync(path.join(folder, `${absolute}.json`)))
        return [tag, absolute];
      const file = path.relative(root, path.join(folder, `${user}.json`));
      throw new SourcesError([
        {
          file,
          reason: `usingComponents.${tag}: 找不到组件 ${target}（预览不支持插件和 npm 组件）`,
        },
      ]);
    }),
  );
}

async function styleOf(root: string, base: string, scope?: string): Promise<string> {
  return existsSync(`${base}.wxss`) ? compileStyle(root, `${base}.wxss`, scope) : '';
}

function scriptOf(root: string, base: string): string {
  return existsSync(`${base}.js`) ? `${base}.js` : mustExist(root, `${base}.ts`);
}

function mustExist(root: string, file: string): string {
  if (existsSync(file)) return file;
  throw new SourcesError([{ file: path.relative(root, file), reason: '文件不存在' }]);
}
