import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { followFunctions } from '../../src/project/project-functions';
import { newFolder } from '../project';

test('A link that leads to itself takes no other function with it', async () => {
  const folder = path.join(newFolder(), 'cloudfunctions');
  for (const name of ['good', 'looping']) {
    mkdirSync(path.join(folder, name), { recursive: true });
    writeFileSync(path.join(folder, name, 'index.js'), 'exports.main = () => 1;');
  }
  symlinkSync('looping-folder', path.join(folder, 'looping-folder'));
  symlinkSync('config.json', path.join(folder, 'looping', 'config.json'));
  const functions = followFunctions(path.dirname(folder));
  expect(await functions.current()).toMatchObject([
    { name: 'good' },
    { name: 'looping', fault: expect.stringContaining('config.json cannot be read') as unknown },
  ]);
  expect(await functions.current()).toBe(await functions.current());
});

test('A function that cloudbaserc.json declares wrongly stops no other', async () => {
  const root = newFolder();
  mkdirSync(path.join(root, 'cloudfunctions', 'good'), { recursive: true });
  writeFileSync(path.join(root, 'cloudfunctions', 'good', 'index.js'), 'exports.main = () => 1;');
  const functions = [{ name: '1st' }, { name: 'slow', timeout: 'long' }];
  writeFileSync(path.join(root, 'cloudbaserc.json'), JSON.stringify({ functions }));
  const wrong = (name: string, setting: string): object => ({
    name,
    fault: expect.stringContaining(`its setting ${setting} is malformed`) as unknown,
  });
  expect(await followFunctions(root).current()).toMatchObject([
    wrong('1st', 'name'),
    wrong('slow', 'timeout'),
    { name: 'good' },
  ]);
});
