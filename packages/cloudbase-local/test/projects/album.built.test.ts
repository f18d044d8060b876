import { cpSync } from 'node:fs';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import { connectCode, openSimulator, type Simulator } from '../connect/simulator';
import { invoke, newFolder, startTestCloud, textWith } from '../project';

const anna = 'oAnna';
const ben = 'oBen';

let cloud: LocalCloud;
const phones: Simulator[] = [];

beforeAll(async () => {
  const root = newFolder();
  cpSync(path.join(__dirname, 'album'), root, { recursive: true });
  cloud = await startTestCloud(root);
  const code = await connectCode('as it is');
  for (const openid of [anna, ben]) {
    const phone = openSimulator(code, { modules: [path.join(root, 'miniprogram/album.js')] });
    phones.push(phone);
    phone.connect({ url: cloud.url, openid });
    await phone.run(`
      wx.cloud.init({ traceUser: true });
      await wx.cloud.callFunction({ name: 'setup' });`);
  }
});
afterAll(async () => {
  for (const phone of phones) phone.close();
  await cloud.close();
});

const coinsOf = 'return (await wx.cloud.callFunction({ name: "setup" })).result.coins';
const transfer = async (from: string, to: string, coins: number): Promise<unknown> =>
  (await invoke(cloud, 'transfer', { to, coins }, { 'x-wx-openid': from })).result;

describe('A project with transactions and files', () => {
  test('moves coins whole, whoever else does at the same time', async () => {
    expect(await transfer(anna, ben, 30)).toEqual({ code: 'OK', left: 70 });
    expect(await transfer(anna, ben, 71)).toEqual({ code: 'POOR', left: 70 });
    const moves = [1, 2, 3, 4].map((coins) =>
      coins % 2 === 0 ? transfer(anna, ben, coins) : transfer(ben, anna, coins),
    );
    const outcomes = (await Promise.all(moves)).map((answer) => (answer as { code: string }).code);
    expect(outcomes).toContain('OK');
    const coins = await Promise.all(phones.map((phone) => phone.run(coinsOf)));
    expect(coins.map(Number).reduce((sum, each) => sum + each)).toBe(200);
  });

  test('takes photos from a phone, and shows them to their owner alone', async () => {
    const [annas, bens] = phones;
    const content = 'a photo of the sea';
    const script = `
      const { addPhoto, listPhotos } = album;
      const fileID = await addPhoto('sea', input);
      return { fileID, urls: await listPhotos('sea') };`;
    const answer = await annas?.run(script, annas.newFile(content));
    expect(answer).toEqual({
      fileID: textWith(/^cloud:\/\/.*\/sea\/[\w-]+\.jpg$/),
      urls: [textWith(`${cloud.url}/wx/storage/sea/`)],
    });
    const { fileID, urls } = answer as { fileID: string; urls: string[] };
    const shown = await fetch(urls[0] ?? '');
    expect([shown.headers.get('content-type'), await shown.text()]).toEqual([
      'image/jpeg',
      content,
    ]);
    expect(await bens?.run(`return album.listPhotos('sea')`)).toEqual([]);
    expect(await bens?.run('return album.removePhoto(input)', fileID)).toBe(
      'storage permission denied',
    );
    expect(await annas?.run('return album.listPhotos("sea")')).toEqual(urls);
  });

  test('has covers that a function makes, and removes with what they show', async () => {
    const covers = async (event: object): Promise<unknown> =>
      (await invoke(cloud, 'covers', event)).result;
    expect(await covers({ album: 'none' })).toEqual({ bytes: 42, url: textWith('/covers/') });
    expect(await covers({ album: 'sea' })).toEqual({ bytes: 18, url: textWith('/sea/') });
    const { url } = (await covers({ album: 'sea' })) as { url: string };
    await covers({ album: 'sea', remove: true });
    expect((await fetch(url)).status).toBe(404);
    expect(await covers({ album: 'sea' })).toMatchObject({ bytes: 42 });
  });
});
