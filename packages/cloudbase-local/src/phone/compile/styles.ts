import path from 'node:path';
import postcss, {
  CssSyntaxError,
  type AtRule,
  type Container,
  type Plugin,
  type Root,
  type Rule,
} from 'postcss';
import parseLeniently from 'postcss-safe-parser';
import parseSelector from 'postcss-selector-parser';
import { SourcesError, type Fault } from '../../project/fault';
import type { Places } from './places';
import { readSource } from './source-text';

/** Tags of the page are custom elements under this prefix, so that they never meet HTML's own. */
export const TAG_PREFIX = 'wx-';
/** Where the phone gets the mini program's files. */
export const FILES = '/mini-program/';

const RPX = /(?<![\w.-])(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/g;
const RPX_PER_VW = 7.5;
const SAFE_AREA = /(?:env|constant)\(\s*(safe-area-inset-\w+)/g;
const ADDRESS = /url\(\s*(["']?)(?![a-z]+:|\/\/|#)([^"')]+)\1\s*\)/gi;

/** What WeChat's compiler lets through, and the browser makes the best of. */
const harmless = ['Missed semicolon', 'Unknown word', 'Double colon', 'At-rule without name'];

/** A style sheet for the browser. */
export interface Style {
  css: string;
  /** What is wrong with it, and yet works in WeChat. */
  warnings: Fault[];
}

/**
 * Compiles a style sheet for the browser: imports are inlined, rpx becomes vw (750rpx is the screen's width),
 * tags get {@link TAG_PREFIX}, and class names the prefix of their component.
 *
 * @param file absolute path of the wxss file
 * @param scope prefix of the class names; without it the styles apply everywhere
 * @throws {SourcesError} if the sheet is malformed
 */
export async function compileStyle(file: string, places: Places, scope?: string): Promise<Style> {
  const warnings: Fault[] = [];
  const sheet = await readSheet(file, places, warnings, []);
  const result = await postcss([miniProgramStyle(scope)]).process(sheet, { from: undefined });
  return { css: result.css, warnings };
}

/** Reads a sheet with its imports, each in the place where it is imported. */
async function readSheet(
  file: string,
  places: Places,
  warnings: Fault[],
  importers: readonly string[],
): Promise<Root> {
  const sheet = parse(file, (await readSource(file)) ?? '', warnings);
  sheet.walkDecls((declaration) => {
    declaration.value = declaration.value.replaceAll(
      ADDRESS,
      (_, _quote, address: string) => `url("${FILES}${placeOf(file, address, places)}")`,
    );
  });
  const imports: AtRule[] = [];
  sheet.walkAtRules('import', (rule) => {
    imports.push(rule);
  });
  for (const rule of imports) {
    const target = await importedBy(rule, file, places);
    if (target === undefined || target === file || importers.includes(target)) rule.remove();
    else rule.replaceWith(await readSheet(target, places, warnings, [...importers, file]));
  }
  return sheet;
}

function parse(file: string, text: string, warnings: Fault[]): Root {
  try {
    return postcss.parse(text, { from: file });
  } catch (error) {
    if (!(error instanceof CssSyntaxError)) throw error;
    const { line = 1, column, reason } = error;
    const excerpt = text.split('\n')[line - 1] ?? '';
    const fault = { file, reason, line, ...(column !== undefined && { column }), excerpt };
    if (!harmless.some((each) => reason.startsWith(each))) throw new SourcesError([fault]);
    warnings.push(fault);
    const sheet = parseLeniently(text, { from: file });
    if (sheet.type !== 'root') throw new SourcesError([fault]);
    return sheet;
  }
}

/** @returns The file that a rule imports; undefined for one of the network, which WeChat ignores too. */
async function importedBy(rule: AtRule, file: string, places: Places): Promise<string | undefined> {
  const [, name = ''] = /^(?:url\()?\s*["']?([^"')]+)/.exec(rule.params) ?? [];
  if (/^(?:[a-z]+:)?\/\//i.test(name)) return undefined;
  const start = name.startsWith('/') ? places.file(name.slice(1)) : undefined;
  const target = start ?? path.resolve(path.dirname(file), name);
  for (const each of [target, `${target}.wxss`]) {
    if ((await readSource(each)) !== undefined) return each;
  }
  const { line = 1, column = 1 } = rule.source?.start ?? {};
  throw new SourcesError([{ file, line, column, reason: `@import 找不到 ${name}` }]);
}

/** The place of a file that a sheet names, from the mini program's folder. */
function placeOf(file: string, address: string, { folder }: Places): string {
  const absolute = address.startsWith('/')
    ? path.join(folder, address)
    : path.resolve(path.dirname(file), address);
  return path.relative(folder, absolute).split(path.sep).join('/');
}

function miniProgramStyle(scope: string | undefined): Plugin {
  const scopeSelector = parseSelector((selectors) => {
    selectors.walkTags((tag) => {
      tag.value = TAG_PREFIX + tag.value;
    });
    if (scope === undefined) return;
    selectors.walkClasses((name) => {
      name.value = `${scope}--${name.value}`;
    });
    selectors.walkPseudos((pseudo) => {
      if (pseudo.value === ':host')
        pseudo.replaceWith(parseSelector.attribute(hostAttribute(scope)));
    });
  });
  return {
    postcssPlugin: 'mini-program-style',
    Declaration(declaration) {
      const value = forBrowser(declaration.value);
      if (value !== declaration.value) declaration.value = value;
    },
    AtRule(rule) {
      const params = forBrowser(rule.params);
      if (params !== rule.params) rule.params = params;
    },
    OnceExit(sheet) {
      sheet.walkRules((rule) => {
        if (!isKeyframe(rule)) scopeRule(rule, scopeSelector);
      });
    },
  };
}

/** A rule whose selector cannot be read matches nothing in WeChat either. */
function scopeRule(rule: Rule, scopeSelector: parseSelector.Processor<void>): void {
  try {
    rule.selector = scopeSelector.processSync(rule.selector);
  } catch {
    rule.remove();
  }
}

function hostAttribute(scope: string): parseSelector.AttributeOptions {
  return { attribute: 'wx-host', operator: '=', value: scope, quoteMark: '"', raws: {} };
}

function forBrowser(value: string): string {
  return value
    .replaceAll(RPX, (_, length: string) => `${Number(length) / RPX_PER_VW}vw`)
    .replaceAll(SAFE_AREA, 'var(--$1');
}

function isKeyframe(rule: Rule): boolean {
  const parent: Container | undefined = rule.parent;
  return parent !== undefined && isAtRule(parent) && parent.name.endsWith('keyframes');
}

function isAtRule(node: Container): node is AtRule {
  return node.type === 'atrule';
}
