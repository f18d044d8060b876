import path from 'node:path';
import { build } from 'esbuild';
import postcss, { type AtRule, type Container, type Plugin, type Rule } from 'postcss';
import parseSelector from 'postcss-selector-parser';
import { faultOf, SourcesError } from '../../project/fault';

/** Tags of the page are custom elements under this prefix, so that they never meet HTML's own. */
export const TAG_PREFIX = 'wx-';

const RPX = /(?<![\w.-])(-?(?:\d+\.)?\d+|-?\.\d+)rpx\b/g;
const RPX_PER_VW = 7.5;
const SAFE_AREA = /(?:env|constant)\(\s*(safe-area-inset-\w+)/g;

/**
 * Compiles a style sheet for the browser: imports are inlined, rpx becomes vw (750rpx is the screen's width),
 * tags get {@link TAG_PREFIX}, and class names the prefix of their component.
 *
 * @param file absolute path of the wxss file
 * @param scope prefix of the class names; without it the styles apply everywhere
 * @throws {SourcesError} if the sheet is malformed
 */
export async function compileStyle(file: string, scope?: string): Promise<string> {
  const css = await inlineImports(file);
  const result = await postcss([miniProgramStyle(scope)]).process(css, { from: undefined });
  return result.css;
}

async function inlineImports(file: string): Promise<string> {
  const folder = path.dirname(file);
  const { outputFiles, warnings } = await build({
    absWorkingDir: folder,
    entryPoints: [file],
    bundle: true,
    write: false,
    loader: { '.wxss': 'css' },
    resolveExtensions: ['.wxss'],
    tsconfigRaw: {},
    logLevel: 'silent',
    legalComments: 'none',
  });
  const [first, ...rest] = warnings.map((warning) => faultOf(warning, folder, file));
  if (first) throw new SourcesError([first, ...rest]);
  return outputFiles[0]?.text ?? '';
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
        if (!isKeyframe(rule)) rule.selector = scopeSelector.processSync(rule.selector);
      });
    },
  };
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
