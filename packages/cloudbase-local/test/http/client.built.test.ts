import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import { makeProject, runScript, sdkFunction, startTestCloud, textWith } from '../project';

let root: string;
let cloud: LocalCloud;
beforeAll(async () => {
  root = makeProject({
    functions: { sdk: sdkFunction },
    users: [{ openid: 'oFirst' }],
    collections: [{ name: 'declared', permission: 'READONLY' }, { name: 'ledger' }],
  });
  cloud = await startTestCloud(root);
  await runScript(cloud, "await db.createCollection('made'); return 'made'");
});
afterAll(() => cloud.close());

interface Answer {
  data?: Record<string, unknown>;
  code?: string;
  message?: string;
}
const ask = async (
  body: object | string,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(`${cloud.url}/wx/cloud`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return (await response.json()) as Answer;
};
const add = (collectionName: string, _id: string): object => ({
  action: 'database.insertDocument',
  collectionName,
  data: [JSON.stringify({ _id })],
});
const read = (collectionName: string): object => ({
  action: 'database.getDocument',
  collectionName,
});
const second = { 'x-wx-openid': 'oSecond' };

describe('What a phone asks', () => {
  test('is asked by the user whom the header names, or else by the first one', async () => {
    await ask(add('declared', 'a'));
    await ask(add('declared', 'b'), second);
    expect((await ask(read('declared'))).data).toEqual({
      list: ['{"_id":"a","_openid":"oFirst"}', '{"_id":"b","_openid":"oSecond"}'],
    });
  });

  test('of a collection that nobody declared finds the user’s own documents alone', async () => {
    await ask(add('made', 'a'));
    await ask(add('made', 'b'), second);
    expect((await ask(read('made'), second)).data).toEqual({
      list: ['{"_id":"b","_openid":"oSecond"}'],
    });
  });

  test('follows database/collections.json as it is saved', async () => {
    expect(await ask(read('ledger'))).toMatchObject({ code: 'DATABASE_PERMISSION_DENIED' });
    const declared = [{ name: 'ledger', permission: 'READONLY' }];
    writeFileSync(path.join(root, 'database/collections.json'), JSON.stringify(declared));
    expect(await ask(read('ledger'))).toMatchObject({ data: { list: [] } });
  });

  test('and sets, of a document that is somebody else’s, is denied', async () => {
    await ask(add('made', 'theirs'), second);
    const set = {
      action: 'database.modifyDocument',
      collectionName: 'made',
      query: '{"_id":"theirs"}',
      data: '{}',
      merge: false,
      upsert: true,
    };
    expect(await ask(set)).toMatchObject({
      code: 'DATABASE_PERMISSION_DENIED',
      message: textWith('belongs to somebody else'),
    });
  });

  test.each([
    ['with an openid that is none', {}, { 'x-wx-openid': 'a b' }, /x-wx-openid/],
    ['as nobody', {}, { 'x-wx-openid': '' }, /x-wx-openid/],
    ['as another site’s page can', {}, { 'content-type': 'text/plain' }, /content-type/],
    ['in no JSON', '{', {}, /not JSON/],
    ['without an action', {}, {}, /action/],
  ])('%s is refused, and why is said', async (_, body, headers, why) => {
    expect(await ask(body, headers)).toMatchObject({
      code: 'INVALID_PARAM',
      message: textWith(why),
    });
  });
});

describe('A file', () => {
  const uploadUrl = (path: string, headers = {}): Promise<Answer> =>
    ask({ action: 'storage.getUploadMetadata', path }, headers);
  const upload = async (path: string, text: string, headers = {}): Promise<number> => {
    const { data } = await uploadUrl(path, headers);
    const answer = await fetch(String(data?.['url']), { method: 'PUT', body: text });
    return answer.status;
  };
  const remove = async (file: string, headers = {}): Promise<unknown> => {
    const body = { action: 'storage.batchDeleteFile', fileid_list: [`cloud://a.b/${file}`] };
    const { data } = await ask(body, headers);
    return ((data?.['delete_list'] ?? []) as { code: string }[])[0]?.code;
  };

  test('that a phone uploads is read by everybody, and changed by its user and functions alone', async () => {
    expect(await upload('photo.txt', 'first')).toBe(200);
    expect(await upload('photo.txt', 'again')).toBe(200);
    expect(await uploadUrl('photo.txt', second)).toMatchObject({
      code: 'STORAGE_EXCEED_AUTHORITY',
    });
    expect(await remove('photo.txt', second)).toBe('STORAGE_EXCEED_AUTHORITY');
    const script = `
      const { fileContent } = await cloud.downloadFile({ fileID: 'cloud://a.b/photo.txt' });
      return fileContent.toString()`;
    expect(await runScript(cloud, script)).toBe('again');
    expect(await remove('photo.txt')).toBe('SUCCESS');
    expect(await upload('photo.txt', 'theirs', second)).toBe(200);
  });

  test('that a function uploads is changed by no phone', async () => {
    const script = `
      await cloud.uploadFile({ cloudPath: 'official.txt', fileContent: Buffer.from('official') }); return 1`;
    await runScript(cloud, script);
    expect(await uploadUrl('official.txt')).toMatchObject({ code: 'STORAGE_EXCEED_AUTHORITY' });
    expect(await remove('official.txt')).toBe('STORAGE_EXCEED_AUTHORITY');
  });

  test('keeps its owner over a restart', async () => {
    expect(await upload('kept.txt', 'mine')).toBe(200);
    await cloud.close();
    cloud = await startTestCloud(root);
    expect(await uploadUrl('kept.txt', second)).toMatchObject({ code: 'STORAGE_EXCEED_AUTHORITY' });
    expect(await upload('kept.txt', 'still mine')).toBe(200);
  });

  test('of two who upload it at once belongs to one of them', async () => {
    const urls = [await uploadUrl('race.txt'), await uploadUrl('race.txt', second)];
    const statuses = urls.map(async ({ data }) => {
      const answer = await fetch(String(data?.['url']), { method: 'PUT', body: 'x' });
      return answer.status;
    });
    expect((await Promise.all(statuses)).sort()).toEqual([200, 403]);
  });
});
