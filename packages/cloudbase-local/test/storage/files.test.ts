import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { openFiles } from '../../src/storage/files';
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
