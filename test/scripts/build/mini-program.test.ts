import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseSync } from '@swc/core';
import * as v from 'valibot';
import { describeSize, packMiniProgram, sizeLimit } from '../../../scripts/build/mini-program';

const project = path.resolve(__dirname, '../../..');
const root = path.join(project, 'miniprogram');
const component = v.object({ usingComponents: v.optional(v.record(v.string(), v.string()), {}) });
const app = v.object({
  ...component.entries,
  pages: v.array(v.string()),
  themeLocation: v.string(),
  sitemapLocation: v.string(),
});

const text = (file: string) => readFileSync(path.join(root, file), 'utf8');
const json = (file: string): unknown => JSON.parse(text(file));
const declared = v.parse(app, json('app.json'));

/** Pages and components, without ending: what app.json names, and what those name in turn. */
function declaredParts(): string[] {
  const found = new Set<string>();
  const visit = (part: string) => {
    if (found.has(part)) return;
    found.add(part);
    const { usingComponents } = v.parse(component, json(`${part}.json`));
    for (const used of Object.values(usingComponents)) visit(resolveFrom(part, used));
  };
  declared.pages.forEach(visit);
  for (const used of Object.values(declared.usingComponents)) visit(resolveFrom('app', used));
  return [...found];
}

const resolveFrom = (part: string, used: string) =>
  used.startsWith('/') ? used.slice(1) : path.posix.join(path.posix.dirname(part), used);

interface Import {
  from: string;
  specifier: string;
  /** Gone in the compiled file. */
  typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  return parseSync(text(file), { syntax: 'typescript' }).body.flatMap((statement) => {
    if (
      statement.type !== 'ImportDeclaration' &&
      statement.type !== 'ExportNamedDeclaration' &&
      statement.type !== 'ExportAllDeclaration'
    ) {
      return [];
    }
    const specifier = statement.source?.value;
    const typeOnly = 'typeOnly' in statement && statement.typeOnly;
    return specifier === undefined ? [] : [{ from: file, specifier, typeOnly }];
  });
}

/** The file that DevTools takes for an import: it resolves relative paths only. */
function resolveImport({ from, specifier }: Import): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  const file = path.posix.join(path.posix.dirname(from), specifier);
  return [`${file}.ts`, `${file}/index.ts`].find((each) => existsSync(path.join(root, each)));
}

function reachable(entries: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const each of importsOf(file)) {
      const target = resolveImport(each);
      if (target !== undefined && !target.startsWith('..')) visit(target);
    }
  };
  entries.forEach(visit);
  return found;
}

let packed: string[];

beforeAll(async () => {
  packed = (await packMiniProgram(project)).map((file) => file.path);
});

describe('the mini program’s package', () => {
  test('has the files of every page and component that is declared', () => {
    for (const part of declaredParts()) {
      expect(packed).toEqual(
        expect.arrayContaining(['.ts', '.json', '.wxml'].map((end) => `${part}${end}`)),
      );
    }
  });

  test('has nothing that is not declared or imported', () => {
    const parts = declaredParts();
    const scripts = reachable(['app.ts', ...parts.map((part) => `${part}.ts`)]);
    const wanted = [
      ...['app.json', 'app.wxss', declared.themeLocation, declared.sitemapLocation],
      ...parts.flatMap((part) => ['.json', '.wxml', '.wxss'].map((end) => `${part}${end}`)),
      ...scripts,
    ];
    expect(packed.filter((file) => !wanted.includes(file))).toEqual([]);
  });

  test('needs no file from outside, and no npm package', () => {
    const imports = packed.filter((file) => file.endsWith('.ts')).flatMap(importsOf);
    expect(imports.length).toBeGreaterThan(20);
    const values = imports.filter(({ typeOnly }) => !typeOnly);
    expect(values.filter((each) => !packed.includes(resolveImport(each) ?? ''))).toEqual([]);
  });

  test('names in its markup and styles only what it has', () => {
    const references = packed
      .filter((file) => /\.wx(ml|ss)$/.test(file))
      .flatMap((file) =>
        [...text(file).matchAll(/(?:@import\s+|url\(\s*|\ssrc=)["']?(?!data:)([^"')\s{]+)/g)].map(
          ([, target = '']) => resolveFrom(file, target),
        ),
      );
    expect(references.filter((file) => !packed.includes(file))).toEqual([]);
  });

  test('weighs less than the limit of WeChat', async () => {
    expect(describeSize(await packMiniProgram(project))).toMatch(
      /^Mini program: \d+ files, [\d.]+ KB as uploaded \([\d.]+ KB of sources\); WeChat takes at most 2048\.0 KB\.$/,
    );
  });
});

describe('the weight of a mini program', () => {
  let clone: string;

  beforeEach(async () => {
    clone = await mkdtemp(path.join(tmpdir(), 'token-loop-package-'));
    await mkdir(path.join(clone, 'mini/docs'), { recursive: true });
  });

  afterEach(async () => {
    await rm(clone, { recursive: true });
  });

  const write = (file: string, content: string) => writeFile(path.join(clone, file), content);
  const configure = (ignore: object[]) =>
    write(
      'project.config.json',
      JSON.stringify({ miniprogramRoot: 'mini/', packOptions: { ignore } }),
    );

  test('leaves out what packOptions.ignore names, in either case, and dotfiles', async () => {
    await configure([
      { type: 'file', value: 'TSCONFIG.json' },
      { type: 'folder', value: 'docs' },
      { type: 'suffix', value: '.md' },
      { type: 'prefix', value: 'draft-' },
      { type: 'regexp', value: '\\.bak$' },
    ]);
    const kept = ['app.json', 'docs.json'];
    const left = ['tsconfig.json', 'docs/a.json', 'a.md', 'draft-a.json', 'a.BAK', '.env'];
    for (const file of [...kept, ...left]) await write(`mini/${file}`, '{}');
    const files = await packMiniProgram(clone);
    expect(files.map((file) => file.path)).toEqual(kept);
  });

  test('counts a script as it is compiled, and everything else as it is', async () => {
    await configure([]);
    await write('mini/app.ts', 'interface Gone { a: string }\n');
    await write('mini/wait.ts', 'export const wait = async () => { await 1; };\n');
    await write('mini/app.wxss', 'page { color: red; }\n');
    const [types, style, wait] = await packMiniProgram(clone);
    expect(types).toMatchObject({ path: 'app.ts', source: 29 });
    expect(types?.packed).toBeLessThan(29);
    // ES5 has no `async`: the helpers that take its place weigh more than the script.
    expect(wait?.packed).toBeGreaterThan(1_000);
    expect(style).toMatchObject({ path: 'app.wxss', packed: 21, source: 21 });
  });

  test('is refused above the limit, with the heaviest file named', async () => {
    await configure([]);
    await write('mini/app.json', '{}');
    await write('mini/heavy.wxml', 'x'.repeat(sizeLimit));
    const files = await packMiniProgram(clone);
    expect(() => describeSize(files)).toThrow(
      /and WeChat takes at most 2048\.0 KB\. The heaviest: heavy\.wxml 2048\.0 KB, app\.json/,
    );
  });
});
