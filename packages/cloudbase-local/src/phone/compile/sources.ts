import { existsSync } from 'node:fs';
import path from 'node:path';
import type * as v from 'valibot';
import { appSchema, componentSchema, readConfig, themeSchema, type Theme } from './config';
import { SourcesError } from '../../project/fault';
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
  folder: string;
  app: v.InferOutput<typeof appSchema>;
  theme: Theme;
}

/**
 * Reads the mini program: app.json, the pages it names, and the components that those use.
 *
 * @param folder the mini program's folder
 * @throws {SourcesError} naming the file at fault
 */
export async function readSources(folder: string): Promise<Sources> {
  if (!existsSync(folder)) {
    throw new SourcesError([{ file: folder, reason: '找不到小程序的文件夹；建好以后刷新本页' }]);
  }
  const app = await readConfig(path.join(folder, 'app.json'), appSchema);
  const theme = await readConfig(path.join(folder, app.themeLocation), themeSchema, {});
  const components = await readComponents({ folder, app, theme });
  const names = ['app', ...components.map((component) => component.path)];
  return {
    program: {
      entry: app.entryPagePath ?? app.pages[0],
      components,
      appStyle: await styleOf(path.join(folder, 'app')),
    },
    templates: await readAll(folder, '.wxml'),
    scripts: await readAll(folder, '.wxs'),
    code: new Map(names.map((name) => [name, scriptOf(path.join(folder, name))])),
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
  { folder, app, theme }: Surroundings,
  name: string,
  scope: string,
): Promise<ProgramComponent> {
  const base = path.join(folder, name);
  const isPage = app.pages.includes(name);
  const config = await readConfig(`${base}.json`, componentSchema, isPage ? {} : undefined);
  mustExist(`${base}.wxml`);
  const isolation = config.styleIsolation ?? (isPage ? 'page-shared' : 'isolated');
  const everywhere = isolation === 'shared' || isolation === 'page-shared';
  const styleScope = everywhere ? undefined : scope;
  return {
    path: name,
    config: {
      component: styleScope !== undefined,
      addGlobalClass: isolation.endsWith('apply-shared'),
      usingComponents: {
        ...resolveAll(folder, 'app', app.usingComponents),
        ...resolveAll(folder, name, config.usingComponents),
      },
    },
    style: await styleOf(base, styleScope),
    ...(styleScope !== undefined && { styleScope }),
    ...(isPage && { page: pageWindow(app.window, config, theme) }),
  };
}

function resolveAll(
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
      const file = path.join(folder, `${user}.json`);
      throw new SourcesError([
        {
          file,
          reason: `usingComponents.${tag}: 找不到组件 ${target}（预览不支持插件和 npm 组件）`,
        },
      ]);
    }),
  );
}

async function styleOf(base: string, scope?: string): Promise<string> {
  return existsSync(`${base}.wxss`) ? compileStyle(`${base}.wxss`, scope) : '';
}

function scriptOf(base: string): string {
  return existsSync(`${base}.js`) ? `${base}.js` : mustExist(`${base}.ts`);
}

function mustExist(file: string): string {
  if (existsSync(file)) return file;
  throw new SourcesError([{ file, reason: '文件不存在' }]);
}
