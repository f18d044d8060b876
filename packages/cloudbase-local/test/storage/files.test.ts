import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { openDatabase } from '../../src/database/database';
import { openStore } from '../../src/database/store';
import { openFiles } from '../../src/storage/files';
import { openStorage } from '../../src/storage/storage';
import { newFolder } from '../project';

test('A file that is larger than the most is refused, and nothing of it is left', async () => {
  const folder = newFolder();
  const files = await openFiles(folder);
  const content = Readable.from([Buffer.alloc(6), Buffer.alloc(5)]);
  await expect(files.receive(content, 10)).rejects.toMatchObject({
    code: 'STORAGE_REQUEST_FAIL',
    message: 'The file is larger than 10 bytes.',
  });
  expect(readdirSync(path.join(folder, 'uploads'))).toEqual([]);
});

test('What a killed process had received in part is removed at the start', async () => {
  const folder = newFolder();
  mkdirSync(path.join(folder, 'uploads'));
  writeFileSync(path.join(folder, 'uploads/part'), 'half');
  await openFiles(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test('The end waits for what is being changed, and lets nothing begin', async () => {
  const dataDir = newFolder();
  const database = openDatabase(openStore(path.join(dataDir, 'data.mdb')));
  const storage = await openStorage({
    dataDir,
    database,
    envId: 'test-1',
    secretKey: 'x',
    clock: () => 0,
  });
  const upload = async (file: string): Promise<void> => {
    const query = Object.fromEntries(await storage.signUpload(file, 'oFirst'));
    await storage.upload({ paths: [file], query }, Readable.from([Buffer.from(file)]));
  };
  await upload('old');
  const removal = storage.remove('old', 'oFirst');
  await storage.close();
  expect(readdirSync(path.join(dataDir, 'files'))).toEqual([]);
  await removal;
  await expect(upload('new')).rejects.toThrow('The local cloud is ending.');
  expect(readdirSync(path.join(dataDir, 'files'))).toEqual([]);
  expect(readdirSync(path.join(dataDir, 'uploads'))).toEqual([]);
  await database.close();
});
