import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { SourcesError } from '../../dist/project/fault';
import { openPlaces } from '../../dist/phone/compile/places';
import { compileStyle } from '../../dist/phone/compile/styles';

let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'token-loop-styles-'));
});
afterAll(() => rm(root, { recursive: true }));

async function compile(css: string, scope?: string): Promise<string> {
  const file = path.join(root, 'sheet.wxss');
  await writeFile(file, css);
  return (await compileStyle(file, openPlaces(root, {}), scope)).css.replaceAll(/\s+/g, ' ').trim();
}

describe('a style sheet for the browser', () => {
  test.each([
    ['750rpx is the width of the screen', '.a { width: 750rpx }', '.a { width: 100vw }'],
    ['a sign stays', '.a { margin: 0 -75rpx }', 'margin: 0 -10vw'],
    ['lengths can be fractions and negative', '.a { top: -7.5rpx }', '.a { top: -1vw }'],
    ['rpx counts inside calc', '.a { top: calc(1px + 75rpx) }', '.a { top: calc(1px + 10vw) }'],
    ['words that end in rpx are left alone', '.a { animation: x1rpx 1s }', 'x1rpx'],
    ['media queries take rpx', '@media (width > 75rpx) { .a { top: 0 } }', '(width > 10vw)'],
    [
      'safe areas are variables, with their fallback',
      '.a { top: env(safe-area-inset-bottom, 3px) }',
      'var(--safe-area-inset-bottom, 3px)',
    ],
    ['tags get a prefix', 'view > text.a {}', 'wx-view > wx-text.a {}'],
    ['keyframes are no tags', '@keyframes k { from { top: 0 } to { top: 1px } }', '{ from {'],
  ])('%s', async (_, source, expected) => {
    expect(await compile(source)).toContain(expected);
  });

  test("a component's class names get its scope, wherever they stand", async () => {
    const css = await compile('.a:not(.b) view.c::after, [class=".d"] { top: 0 }', 'c1');
    expect(css).toContain('.c1--a:not(.c1--b) wx-view.c1--c::after');
    expect(css).toContain('[class=".d"]');
  });

  test(':host is the element of the component itself', async () => {
    expect(await compile(':host .a { top: 0 }', 'c1')).toContain('[wx-host=c1] .c1--a');
  });

  test('imports are part of the sheet', async () => {
    await writeFile(path.join(root, 'shared.wxss'), '.shared { width: 75rpx }');
    expect(await compile('@import "./shared.wxss";', 'c1')).toContain(
      '.c1--shared { width: 10vw }',
    );
  });

  test('a fault names file, line and column', async () => {
    const failure: unknown = await compile('.a {\n  top: 0;\n} }').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SourcesError);
    expect(failure).toMatchObject({
      code: 'SOURCES',
      faults: [{ file: path.join(root, 'sheet.wxss'), line: 3, column: 3 }],
    });
  });

  test('any length in rpx keeps its share of the screen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: -10_000, max: 10_000 }), async (length) => {
        const css = await compile(`.a { left: ${length}rpx }`);
        const width = Number(/left: ?(-?[\d.]+(?:e-?\d+)?)vw/.exec(css)?.[1]);
        expect(width * 7.5).toBeCloseTo(length, 6);
      }),
      { numRuns: 50 },
    );
  });
});
