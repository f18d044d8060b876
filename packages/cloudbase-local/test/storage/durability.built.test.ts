import { readdirSync } from 'node:fs';
import path from 'node:path';
import { makeProject, runScript, sdkFunction, startTestCloud } from '../project';
import { kill, serve } from '../served';

const upload = `
  const fileContent = Buffer.alloc(input.size, input.letter);
  return (await cloud.uploadFile({ cloudPath: input.cloudPath, fileContent })).fileID`;
/** Which letters are in the files, each with how many. */
const letters = `
  return Promise.all(input.map(async (fileID) => {
    const { fileContent } = await cloud.downloadFile({ fileID });
    return [[...new Set(fileContent.toString())].join(''), fileContent.length];
  }))`;

test('What was uploaded is there, and each file is whole, after the process was killed among uploads', async () => {
  const root = makeProject({ functions: { sdk: sdkFunction } });
  const served = await serve(root);
  const size = 300_000;
  const acknowledged: string[] = [];
  const writer = async (letter: string): Promise<void> => {
    for (let n = 0; ; n += 1) {
      const own = { cloudPath: `${letter}/${String(n)}`, letter, size };
      await runScript(served, upload, { cloudPath: 'shared', letter, size });
      acknowledged.push((await runScript(served, upload, own)) as string);
      if (acknowledged.length === 20) await kill(served);
    }
  };
  await Promise.allSettled(['a', 'b', 'c'].map(writer));

  const cloud = await startTestCloud(root);
  expect(acknowledged.length).toBeGreaterThanOrEqual(20);
  expect(await runScript(cloud, letters, acknowledged)).toEqual(
    acknowledged.map((fileID) => [/\/([abc])\//.exec(fileID)?.[1], size]),
  );
  expect(await runScript(cloud, letters, ['cloud://x.y/shared'])).toEqual([
    [expect.stringMatching(/^[abc]$/), size],
  ]);
  const later = { cloudPath: 'later', letter: 'l', size };
  await runScript(cloud, upload, later);
  await cloud.close();
  expect(readdirSync(path.join(root, '.local-cloud/uploads'))).toEqual([]);
}, 60_000);

test('A disk that takes no more is told in one sentence, and what was there stays', async () => {
  const root = makeProject({ functions: { sdk: sdkFunction } });
  const served = await serve(root, '400');
  const fileID = await runScript(served, upload, { cloudPath: 'a', letter: 'a', size: 300_000 });
  await expect(
    runScript(served, upload, { cloudPath: 'a', letter: 'b', size: 500_000 }),
  ).rejects.toThrow(/could not write the file \([^()\n]+\); nothing was changed\./);
  expect(await runScript(served, letters, [fileID])).toEqual([['a', 300_000]]);
  await kill(served);
}, 60_000);
