import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

type Json = Record<string, unknown>;

const project = path.resolve(__dirname, '../..');
const root = path.join(project, 'miniprogram');

function read(file: string): Json {
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof json !== 'object' || json === null) throw new TypeError(`${file}: not an object`);
  return { ...json };
}

const strings = (value: unknown): string[] =>
  Object.values(value ?? {}).filter((item) => typeof item === 'string');

const app = read(path.join(root, 'app.json'));
const pages = strings(app.pages);

/** The pages and every component that they use, directly or not. */
function declared(units: string[], known = new Set<string>()): Set<string> {
  for (const unit of units.filter((name) => !known.has(name))) {
    known.add(unit);
    const { usingComponents } = read(path.join(root, `${unit}.json`));
    const used = strings(usingComponents).map((component) =>
      path.join(path.dirname(unit), component),
    );
    declared(used, known);
  }
  return known;
}

/** Every folder's unit that there is: `components/order-list/index`. */
function present(folder: string): string[] {
  return readdirSync(path.join(root, folder)).map((name) => path.join(folder, name, 'index'));
}

test('every page and component that is declared exists, and none exists undeclared', () => {
  const units = declared(pages);
  expect([...units].sort()).toEqual([...present('components'), ...present('pages')].sort());
  for (const unit of units) {
    for (const part of ['ts', 'wxml', 'json']) {
      expect(existsSync(path.join(root, `${unit}.${part}`))).toBe(true);
    }
  }
});

test('every page is kept out of search', () => {
  const { rules } = read(path.join(root, String(app.sitemapLocation)));
  for (const page of pages) expect(rules).toContainEqual({ action: 'disallow', page });
});

test('every colour named in app.json has a light and a dark value', () => {
  const theme = read(path.join(root, String(app.themeLocation)));
  const named = strings(app.window).filter((value) => value.startsWith('@'));
  expect(named).not.toHaveLength(0);
  for (const name of named) {
    expect(theme.light).toHaveProperty(name.slice(1));
    expect(theme.dark).toHaveProperty(name.slice(1));
  }
});

test('project.config.json points at what is there and compiles TypeScript', () => {
  const config = read(path.join(project, 'project.config.json'));
  for (const folder of [config.miniprogramRoot, config.cloudfunctionRoot]) {
    expect(existsSync(path.join(project, String(folder)))).toBe(true);
  }
  expect(config).toMatchObject({
    compileType: 'miniprogram',
    setting: { useCompilerPlugins: ['typescript'] },
  });
});

test('what only builds the mini program is not packed into it', () => {
  const { packOptions } = read(path.join(project, 'project.config.json'));
  const inside = readdirSync(root).filter((name) => name.startsWith('tsconfig'));
  for (const value of inside) {
    expect(packOptions).toHaveProperty('ignore', [{ type: 'file', value }]);
  }
});

test('settings of one developer are not committed', () => {
  const ignored = readFileSync(path.join(project, '.gitignore'), 'utf8').split('\n');
  expect(ignored).toContain('project.private.config.json');
});

/** Every file of the mini program with this ending. */
function filesOf(ending: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(ending),
  );
}

test.each(filesOf('.wxss'))('%s looks right on an old iPhone', (file) => {
  const style = readFileSync(path.join(root, file), 'utf8');
  // `gap` of a flex box: iOS 14.5. `overflow-wrap: anywhere`: iOS 15.4.
  expect(style).not.toMatch(/^\s*(row-|column-)?gap:/m);
  expect(style).not.toContain('overflow-wrap: anywhere');
});
