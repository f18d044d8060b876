import { existsSync } from 'node:fs';
import path from 'node:path';
import type * as v from 'valibot';
import { faultsOf, SourcesError, type Fault } from '../../project/fault';
import type { Program, ProgramComponent } from '../program';
import { appSchema, componentSchema, readConfig, themeSchema, type Theme } from './config';
import type { AppConfig } from './config';
import { openPlaces, type Places } from './places';
import { compileStyle } from './styles';
import { tabBarOf } from './tab-bar';
import { compileTemplates } from './templates';
import { pageWindow } from './window';

/** The mini program, read and parsed, ready to be bundled. */
export interface Sources {
  program: Program;
  /** Compiled templates: an expression of JavaScript. */
  templates: string;
  /** Absolute path of the script of each component, and of the app under `app`. */
  code: Map<string, string>;
  places: Places;
}

/** What reading one component needs to know of the whole. */
interface Surroundings {
  app: AppConfig;
  pages: readonly string[];
  theme: Theme;
  places: Places;
}

/** A component whose template is not compiled yet. */
interface Read {
  component: ProgramComponent;
  /** Absolute path of its script. */
  code: string | undefined;
}

/**
 * Reads the mini program: app.json, the pages it names, and the components that those use. What is wrong with a page
 * or a component is kept beside it; the others are not touched by it.
 *
 * @param folder the mini program's folder
 * @throws {SourcesError} naming the file at fault, if no page can be shown
 */
export async function readSources(folder: string): Promise<Sources> {
  if (!existsSync(folder)) {
    throw new SourcesError([{ file: folder, reason: '找不到小程序的文件夹；建好以后刷新本页' }]);
  }
  const app = await readConfig(path.join(folder, 'app.json'), appSchema);
  const theme = await readConfig(path.join(folder, app.themeLocation), themeSchema, {});
  const places = openPlaces(folder, app.resolveAlias);
  const pages = pagesOf(app);
  const read = await readComponents({ app, pages, theme, places });
  const templates = await compileTemplates(
    read.map(({ component }) => component.path),
    places,
  );
  const faults: Fault[] = [];
  const style = await styleOf(path.join(folder, 'app'), places, faults);
  const [first, ...rest] = faults;
  if (first) throw new SourcesError([first, ...rest]);
  const tabBar = tabBarOf(app.tabBar, theme);
  const components = read.map(({ component }) => ({
    ...component,
    faults: [...component.faults, ...templates.faultsOf(component.path)],
  }));
  return {
    program: {
      entry: (app.entryPagePath ?? app.pages[0]).replace(/^\//, '').replace(/\.html$/, ''),
      pages,
      components,
      appStyle: style.css,
      ...(tabBar && { tabBar }),
      darkMode: app.darkmode,
      warnings: [...style.warnings, ...templates.warnings],
    },
    templates: templates.code,
    code: new Map([
      ['app', scriptOf(path.join(folder, 'app')) ?? missing(path.join(folder, 'app.js'))],
      ...read.flatMap(({ component, code }): [string, string][] =>
        code === undefined ? [] : [[component.path, code]],
      ),
    ]),
    places,
  };
}

/** The pages of the main package and of the others, in WeChat's order. */
function pagesOf(app: AppConfig): string[] {
  const others = [...app.subpackages, ...app.subPackages].flatMap(({ root, pages }) =>
    pages.map((page) => path.posix.join(root, page)),
  );
  const all = [...app.pages, ...others].map((page) => path.posix.normalize(page));
  return [...new Set(all.map((page) => page.replace(/^\//, '')))];
}

async function readComponents(surroundings: Surroundings): Promise<Read[]> {
  const found = new Map<string, Read>();
  const waiting = [...surroundings.pages];
  const customTabBar = 'custom-tab-bar/index';
  if (surroundings.app.tabBar?.custom === true) waiting.push(customTabBar);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (found.has(next)) continue;
    const read = await readComponent(surroundings, next, `c${found.size}`);
    found.set(next, read);
    waiting.push(...usedBy(read.component).map((absolute) => absolute.slice(1)));
  }
  return [...found.values()];
}

function usedBy({ config }: ProgramComponent): string[] {
  const defaults = Object.values(config.componentGenerics).map((generic) =>
    generic === true ? undefined : generic.default,
  );
  return [...Object.values(config.usingComponents), ...defaults].filter(
    (each) => each !== undefined,
  );
}

async function readComponent(
  { app, pages, theme, places }: Surroundings,
  name: string,
  scope: string,
): Promise<Read> {
  const faults: Fault[] = [];
  const base = places.file(name);
  const isPage = pages.includes(name);
  const config = await orFaults(
    readConfig(`${base}.json`, componentSchema, {}),
    componentDefaults,
    faults,
  );
  const isolation = config.styleIsolation ?? (isPage ? 'page-shared' : 'isolated');
  const everywhere = isolation === 'shared' || isolation === 'page-shared';
  const styleScope = everywhere ? undefined : scope;
  const code = scriptOf(base);
  if (code === undefined) faults.push({ file: `${base}.js`, reason: '文件不存在' });
  const style = await styleOf(base, places, faults, styleScope);
  const resolve = (user: string, used: Record<string, string>): Record<string, string> =>
    resolveAll(places, user, used, faults);
  const component = {
    path: name,
    config: {
      component: styleScope !== undefined,
      addGlobalClass: isolation.endsWith('apply-shared'),
      usingComponents: {
        ...resolve('app', app.usingComponents),
        ...resolve(name, config.usingComponents),
      },
      componentGenerics: genericsOf(config, (used) => resolve(name, used)),
      ...(config.pureDataPattern !== undefined && { pureDataPattern: config.pureDataPattern }),
    },
    style: style.css,
    ...(styleScope !== undefined && { styleScope }),
    ...(isPage && { page: pageWindow(app.window, config, theme) }),
    faults,
  };
  return { component, code };
}

const componentDefaults: v.InferOutput<typeof componentSchema> = {
  component: false,
  usingComponents: {},
  componentGenerics: {},
};

function genericsOf(
  { componentGenerics }: v.InferOutput<typeof componentSchema>,
  resolve: (used: Record<string, string>) => Record<string, string>,
): ProgramComponent['config']['componentGenerics'] {
  return Object.fromEntries(
    Object.entries(componentGenerics).map(([name, generic]) => {
      if (generic === true || generic.default === undefined) return [name, true];
      const found = resolve({ [name]: generic.default })[name];
      return [name, found === undefined ? true : { default: found }];
    }),
  );
}

/** Finds the components that a JSON file names. Those of plugins stay out: the phone shows where they would be. */
function resolveAll(
  places: Places,
  user: string,
  used: Record<string, string>,
  faults: Fault[],
): Record<string, string> {
  const found: [string, string][] = [];
  for (const [tag, target] of Object.entries(used)) {
    if (target.includes('://')) continue;
    const component = places.component(user, target);
    if (component !== undefined) found.push([tag, `/${component}`]);
    else faults.push(notFound(`${places.file(user)}.json`, tag, target));
  }
  return Object.fromEntries(found);
}

function notFound(file: string, tag: string, target: string): Fault {
  const [scope = '', name = ''] = target.split('/');
  const isPackage = !/^[./~]/.test(target);
  const wayOn = `；如果来自 npm 包，请先在小程序的文件夹里运行 npm install ${scope.startsWith('@') ? `${scope}/${name}` : scope}`;
  return { file, reason: `usingComponents.${tag}: 找不到组件 ${target}${isPackage ? wayOn : ''}` };
}

async function styleOf(
  base: string,
  places: Places,
  faults: Fault[],
  scope?: string,
): Promise<{ css: string; warnings: Fault[] }> {
  const none = { css: '', warnings: [] };
  if (existsSync(`${base}.wxss`))
    return orFaults(compileStyle(`${base}.wxss`, places, scope), none, faults);
  const foreign = ['.scss', '.sass', '.less']
    .map((each) => base + each)
    .find((each) => existsSync(each));
  if (foreign === undefined) return none;
  return {
    css: '',
    warnings: [{ file: foreign, reason: '预览不编译 Sass 和 Less；请用微信开发者工具' }],
  };
}

async function orFaults<T>(work: Promise<T>, otherwise: T, faults: Fault[]): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SourcesError)) throw error;
    faults.push(...faultsOf(error, ''));
    return otherwise;
  }
}

function scriptOf(base: string): string | undefined {
  return [`${base}.js`, `${base}.ts`].find((file) => existsSync(file));
}

function missing(file: string): never {
  throw new SourcesError([{ file, reason: '文件不存在' }]);
}
