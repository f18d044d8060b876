import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalCloud, LocalCloudOptions } from 'cloudbase-local';
import { invoke, makeProject, startTestCloud, textWith } from '../project';

const source = (answer: string): string => `
  import { shared } from '../../../shared';
  export const main = () => ({ answer: '${answer}', shared });
`;

let root: string;
let lines: string[];
let cloud: LocalCloud;

const write = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};
const declare = (...names: string[]): void => {
  const functions = names.map((name) => ({ name }));
  write('cloudbaserc.json', JSON.stringify({ functions }));
};
const ask = async (name: string): Promise<unknown> => {
  const { result, errMsg } = await invoke(cloud, name);
  return result ?? errMsg;
};

/** Functions whose sources are TypeScript are built; others run as they are. */
const buildOptions: LocalCloudOptions['buildOptions'] = ({ name, folder }) =>
  name === 'plain'
    ? undefined
    : {
        entryPoints: [path.join(folder, 'src/index.ts')],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        absWorkingDir: root,
      };

beforeEach(async () => {
  root = makeProject({ functions: {} });
  declare('one', 'two');
  write('shared.ts', 'export const shared: number = 1;');
  write('cloudfunctions/one/src/index.ts', source('one'));
  write('cloudfunctions/two/src/index.ts', source('two'));
  lines = [];
  cloud = await startTestCloud(root, { buildOptions, log: (line) => lines.push(line) });
});

describe('A function that is built on the way', () => {
  test('answers as its sources are at the moment of the call', async () => {
    expect(await ask('one')).toEqual({ answer: 'one', shared: 1 });
    for (const answer of ['a', 'b', 'c']) {
      write('cloudfunctions/one/src/index.ts', source(answer));
      expect(await ask('one')).toEqual({ answer, shared: 1 });
    }
  });

  test('answers as a source is that it shares with others', async () => {
    await Promise.all([ask('one'), ask('two')]);
    write('shared.ts', 'export const shared: number = 2;');
    expect(await Promise.all([ask('one'), ask('two')])).toEqual([
      { answer: 'one', shared: 2 },
      { answer: 'two', shared: 2 },
    ]);
  });

  test('answers to many calls during a change are each the old or the new, and in the end the new', async () => {
    await ask('one');
    const answers = Array.from({ length: 20 }, async (_, index) => {
      if (index === 10) write('cloudfunctions/one/src/index.ts', source('new'));
      return ask('one');
    });
    const seen = (await Promise.all(answers)).map((answer) => JSON.stringify(answer));
    expect(seen.slice(10)).toEqual(Array(10).fill('{"answer":"new","shared":1}'));
  });

  test('answers its build error until it is mended; others go on', async () => {
    await ask('one');
    write('cloudfunctions/one/src/index.ts', 'export const main = () => ({;');
    for (let time = 0; time < 2; time += 1) {
      expect(await ask('one')).toEqual(
        textWith(/one does not build: cloudfunctions.one.src.index\.ts:1:29: /),
      );
    }
    expect(await ask('two')).toEqual({ answer: 'two', shared: 1 });
    write('cloudfunctions/one/src/index.ts', source('mended'));
    expect(await ask('one')).toEqual({ answer: 'mended', shared: 1 });
    expect(lines).toContainEqual(
      textWith(/^\d\d:\d\d:\d\d build: cloudfunctions.one.src.index\.ts:1:29: /),
    );
    expect(lines).toContainEqual(textWith(/^\d\d:\d\d:\d\d build: mended$/));
  });

  test('is no fault of the phone any more once it is removed', async () => {
    write('unbuilt/cloudfunctions/gone/index.ts', 'export const main = (');
    write('unbuilt/cloudfunctions/good/index.js', 'exports.main = () => 1;');
    const { url } = await startTestCloud(path.join(root, 'unbuilt'));
    const phone = async (): Promise<string> => (await fetch(`${url}/phone`)).text();
    expect(await phone()).toContain('gone/index.ts');
    rmSync(path.join(root, 'unbuilt/cloudfunctions/gone'), { recursive: true });
    expect(await phone()).not.toContain('gone/index.ts');
  });

  test('finds a source that was missing as soon as it is there', async () => {
    write('cloudfunctions/one/src/index.ts', `export { main } from './later';`);
    expect(await ask('one')).toEqual(textWith('Could not resolve'));
    write('cloudfunctions/one/src/later.ts', 'export const main = () => 3;');
    expect(await ask('one')).toBe(3);
  });

  test('is not written again where nothing changed in it', async () => {
    await ask('one');
    const file = path.join(root, 'cloudfunctions/one/index.js');
    utimesSync(file, 1, 1);
    write('shared.ts', `${readFileSync(path.join(root, 'shared.ts'), 'utf8')} // a remark`);
    await ask('one');
    expect(statSync(file).mtimeMs).toBe(1000);
  });
});

describe('cloudbaserc.json', () => {
  test('changes the settings of a function', async () => {
    write('cloudfunctions/plain/index.js', 'exports.main = () => process.env.COLOUR');
    for (const COLOUR of ['red', 'blue']) {
      const functions = [{ name: 'plain', envVariables: { COLOUR } }];
      write('cloudbaserc.json', JSON.stringify({ functions }));
      expect(await ask('plain')).toBe(COLOUR);
    }
  });

  test('that is malformed is what every call answers until it is mended', async () => {
    write('cloudbaserc.json', '{');
    expect(await ask('one')).toEqual(textWith(/cloudbaserc\.json cannot be read/));
    declare('one');
    expect(await ask('one')).toEqual({ answer: 'one', shared: 1 });
  });
});

test('A call has one line in the log, with its time, and with when the function was built', async () => {
  const code =
    'exports.main = (event) => { for (const line of event) console.log(line); return { code: 7 } }';
  write('cloudfunctions/plain/index.js', code);
  declare('plain');
  const logged = async (event: string[]): Promise<string[]> => {
    lines.length = 0;
    await invoke(cloud, 'plain', event);
    return lines;
  };
  const line = String.raw`^\d\d:\d\d:\d\d plain code 7 in \d+ ms \(built \d\d:\d\d:\d\d, request [\w-]{36}\)`;
  expect(await logged([])).toEqual([textWith(new RegExp(`${line}$`))]);
  expect(await logged(['a'])).toEqual([textWith(new RegExp(`${line} a$`))]);
  expect(await logged(['a', 'b'])).toEqual([
    textWith(/^\d\d:\d\d:\d\d plain [\w-]{8} \| a$/),
    textWith(/^\d\d:\d\d:\d\d plain [\w-]{8} \| b$/),
    textWith(new RegExp(`${line}$`)),
  ]);
});
