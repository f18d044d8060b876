/** @jest-environment jsdom */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createBars } from '../../src/phone/browser/screen/bars';
import { builtIns } from '../../src/phone/browser/screen/elements/built-ins';
import { createStack } from '../../src/phone/browser/screen/navigation/stack';
import { createWx } from '../../src/phone/browser/screen/wx/wx';

const packageFolder = path.resolve(__dirname, '../..');

/** Names in the part of a document that says what the phone has of something. */
function namesIn(file: string, part: string): string[] {
  const text = readFileSync(path.join(packageFolder, file), 'utf8');
  const [, section = ''] = text.split(new RegExp(`<!-- ${part}[^>]*-->`));
  const names = [...section.matchAll(/`([\w.-]+)`/g)].map(([, name = '']) => name);
  // What `cloud` has is its own matter.
  return names.filter((name) => !name.startsWith('cloud.'));
}

/** What the code has of `wx`. */
function apis(): string[] {
  // jsdom has no media queries.
  Object.assign(globalThis, { matchMedia: () => new EventTarget() });
  const program = {
    entry: '',
    pages: [],
    components: [],
    appStyle: '',
    darkMode: false,
    warnings: [],
  };
  const stack = createStack<never>({
    make: () => {
      throw new Error('No page opens here.');
    },
    exists: () => false,
    isTab: () => false,
    onTop: () => undefined,
  });
  const bars = createBars(program, () => []);
  const pull = { start: () => undefined, stop: () => undefined };
  const first = { path: '', query: {} };
  return Object.keys(createWx({ openid: '', program, stack, bars, pull, first }).wx);
}

describe.each(['README.md', 'README.zh-CN.md'])('%s names', (file) => {
  test('every API that the phone has, once, and no other', () => {
    expect(namesIn(file, 'wx').sort()).toEqual(apis().sort());
  });

  test('every built-in component that the phone has, once, and no other', () => {
    expect(namesIn(file, 'components').sort()).toEqual(
      Object.keys(builtIns(() => undefined)).sort(),
    );
  });
});
