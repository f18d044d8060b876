import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalCloud } from 'cloudbase-local';
import { makeProject, runScript, sdkFunction, startTestCloud, textWith } from '../project';

let root: string;
let cloud: LocalCloud;
let now = Date.UTC(2026, 9, 1);
beforeAll(async () => {
  root = makeProject({ functions: { sdk: sdkFunction } });
  cloud = await startTestCloud(root, { env: { ENV_ID: 'test-1' }, clock: () => now });
});
afterAll(() => cloud.close());

const elsewhere = (): string => path.join(root, 'elsewhere');
const folder = (): string => path.join(root, '.local-cloud/files');
const run = (script: string, input?: unknown): Promise<unknown> => runScript(cloud, script, input);
const uploaded = (cloudPath: string, text: string): Promise<unknown> =>
  run(
    `return (await cloud.uploadFile({ cloudPath: input.cloudPath, fileContent: Buffer.from(input.text) })).fileID`,
    { cloudPath, text },
  );
const downloaded = (fileID: unknown): Promise<unknown> =>
  run(`return (await cloud.downloadFile({ fileID: input })).fileContent.toString()`, fileID);

const paths = [
  'a.txt',
  'deep/er/b.txt',
  '头像/用户 1.png',
  'sign%41 #?&+=.txt',
  'twice%2541.txt',
  'back\\slash:*"<>|.txt',
  'con.txt',
  `long/${'长'.repeat(200)}.txt`,
];

describe('A file in the storage', () => {
  test.each(paths)('comes back as it was: %s', async (cloudPath) => {
    const text = `the content of ${cloudPath}`;
    const fileID = await uploaded(cloudPath, text);
    expect(fileID).toBe(`cloud://test-1.7465-test-1-1300000000/${cloudPath}`);
    expect(await downloaded(fileID)).toBe(text);
  });

  test('of a stream comes back byte by byte, and can be empty', async () => {
    const script = `
      const fs = require('fs');
      const [bytes, file] = [require('crypto').randomBytes(1500000), require('os').tmpdir() + '/' + process.pid + input];
      fs.writeFileSync(file, bytes);
      const { fileID } = await cloud.uploadFile({ cloudPath: 'bytes', fileContent: fs.createReadStream(file) });
      fs.unlinkSync(file);
      const { fileContent } = await cloud.downloadFile({ fileID });
      const empty = await cloud.uploadFile({ cloudPath: 'empty', fileContent: Buffer.alloc(0) });
      return [bytes.equals(fileContent), (await cloud.downloadFile(empty)).fileContent.length];`;
    expect(await run(script, 'stream')).toEqual([true, 0]);
  });
});

interface Outcome {
  fileID: string;
  status: number;
  errMsg: string;
  tempFileURL: string;
}
const urlsOf = async (...fileList: unknown[]): Promise<Outcome[]> =>
  (await run(
    'return (await cloud.getTempFileURL({ fileList: input })).fileList',
    fileList,
  )) as Outcome[];
const urlOf = async (fileID: unknown): Promise<string> =>
  (await urlsOf(fileID))[0]?.tempFileURL ?? '';

describe('A temporary URL', () => {
  test('gives the file, with its type and its size, whole or in part', async () => {
    const url = await urlOf(await uploaded('page/图.svg', '<svg/>'));
    const whole = await fetch(url);
    expect(await whole.text()).toBe('<svg/>');
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'content-length': '6',
      'content-security-policy': textWith(/^sandbox;/),
      'x-content-type-options': 'nosniff',
    });
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      '6',
      '',
    ]);
    const parts = ['bytes=1-3', 'bytes=4-', 'bytes=-2', 'bytes=2-99', 'bytes=6-'].map(
      async (range) => {
        const part = await fetch(url, { headers: { range } });
        return [part.status, part.headers.get('content-range'), await part.text()];
      },
    );
    expect(await Promise.all(parts)).toEqual([
      [206, 'bytes 1-3/6', 'svg'],
      [206, 'bytes 4-5/6', '/>'],
      [206, 'bytes 4-5/6', '/>'],
      [206, 'bytes 2-5/6', 'vg/>'],
      [416, 'bytes */6', ''],
    ]);
  });

  test('does not end, since everybody may read, and shows the file as it is now', async () => {
    const fileID = await uploaded('now.txt', 'one');
    const url = await urlOf({ fileID, maxAge: 1 });
    await uploaded('now.txt', 'two');
    now += 365 * 24 * 3_600_000;
    expect(await (await fetch(url)).text()).toBe('two');
  });

  test('is good for its own file alone, and not to write it', async () => {
    const url = await urlOf(await uploaded('mine.txt', 'mine'));
    await uploaded('other.txt', 'other');
    const attempts = [
      fetch(url.replace('mine', 'other')),
      fetch(url.replace(/sign=./, 'sign=x')),
      fetch(url.replace(/\?.*/, '')),
      fetch(url, { method: 'PUT', body: 'changed' }),
      fetch(`${cloud.url}/wx/storage/..%2fsettings.json`),
    ];
    for (const answer of await Promise.all(attempts)) {
      expect([answer.status, await answer.text()]).toEqual([
        403,
        textWith('<Code>STORAGE_SIGN_PARAM_INVALID</Code>'),
      ]);
    }
    expect(await (await fetch(url)).text()).toBe('mine');
  });

  test('of several files is told for each, and for 50 at most', async () => {
    const there = await uploaded('there.txt', 'there');
    const list = await urlsOf(there, 'cloud://test-1.x/absent.txt', 'https://test/there.txt');
    expect(list.map(({ status, errMsg }) => [status, errMsg])).toEqual([
      [0, 'ok'],
      [-503003, 'storage file not exists'],
      [-501007, 'invalid parameters'],
    ]);
    await expect(urlsOf(...Array.from({ length: 51 }, () => there))).rejects.toThrow(/file_list/);
  });
});

test('A file ID of the cloud finds the file that lies under its path', async () => {
  mkdirSync(path.join(folder(), 'fetched'), { recursive: true });
  writeFileSync(path.join(folder(), 'fetched/from the cloud.txt'), 'fetched');
  const fileID = 'cloud://prod-8g2x.7072-prod-8g2x-1258717764/fetched/from the cloud.txt';
  expect(await downloaded(fileID)).toBe('fetched');
});

describe('A path', () => {
  test.each([
    '',
    '/a',
    'a//b',
    'a/',
    '../a',
    'a/../b',
    './a',
    'a\u001b',
    '\ud800',
    'x'.repeat(851),
  ])('that the cloud does not take is refused with the reason: %j', async (cloudPath) => {
    await expect(uploaded(cloudPath, 'x')).rejects.toThrow(/cloudPath cannot be .*: it /);
  });

  test('that leads through a symbolic link finds nothing and writes nothing', async () => {
    mkdirSync(elsewhere());
    writeFileSync(path.join(elsewhere(), 'secret.txt'), 'secret');
    mkdirSync(folder(), { recursive: true });
    symlinkSync(elsewhere(), path.join(folder(), 'linked'));
    symlinkSync(path.join(elsewhere(), 'secret.txt'), path.join(folder(), 'linked.txt'));
    const ids = ['linked/secret.txt', 'linked.txt'].map((file) => `cloud://test-1.x/${file}`);
    expect((await urlsOf(...ids)).map(({ status }) => status)).toEqual([-503003, -503003]);
    await expect(uploaded('linked/new.txt', 'new')).rejects.toThrow(/is no folder/);
    await uploaded('linked.txt', 'replaces the link');
    expect(readdirSync(elsewhere())).toEqual(['secret.txt']);
    expect(readFileSync(path.join(elsewhere(), 'secret.txt'), 'utf8')).toBe('secret');
  });

  test('below a file, or of a folder, is refused in one sentence, and all stays as it was', async () => {
    const fileID = await uploaded('tree/leaf', 'leaf');
    for (const cloudPath of ['tree/leaf/below', 'tree']) {
      await expect(uploaded(cloudPath, 'x')).rejects.toThrow(
        /could not write the file \(.*\); nothing was changed/,
      );
    }
    expect(await downloaded(fileID)).toBe('leaf');
  });
});

test('A file that is deleted is gone with the folders that it leaves empty; the answer tells each', async () => {
  const fileID = await uploaded('gone/with/it.txt', 'x');
  const script = 'return (await cloud.deleteFile({ fileList: input })).fileList';
  expect(await run(script, [fileID, 'cloud://test-1.x/gone/absent.txt'])).toMatchObject([
    { fileID, status: 0, errMsg: 'ok' },
    { status: -503003, errMsg: 'storage file not exists' },
  ]);
  expect(readdirSync(folder())).not.toContain('gone');
  await uploaded('gone', 'a file in the place of the folder');
});

describe('An upload', () => {
  const metadata = async (path: string): Promise<string> => {
    const script = `
      const response = await fetch(JSON.parse(process.env.TCB_CONTEXT_CNFG).URL + 'secretId=' + process.env.TENCENTCLOUD_SECRETID, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ action: 'storage.getUploadMetadata', path: input }),
      });
      return (await response.json()).data.url`;
    return (await run(script, path)) as string;
  };
  const send = async (url: string, form: FormData): Promise<[number, string]> => {
    const answer = await fetch(url, { method: 'POST', body: form });
    return [answer.status, await answer.text()];
  };
  const formOf = (text: string): FormData => {
    const form = new FormData();
    form.append('Signature', 'local');
    form.append('key', 'form.txt');
    form.append('file', new File([text], 'photo "1".txt'));
    return form;
  };

  test('as a form, as @cloudbase/node-sdk 2 and phones send it, is the file in it', async () => {
    const text = `first\r\n--not the end\r\n${'x'.repeat(200_000)}`;
    expect(await send(await metadata('form.txt'), formOf(text))).toEqual([204, '']);
    expect(await downloaded('cloud://test-1.x/form.txt')).toBe(text);
  });

  test('that is no form with a file, or ends too early, changes nothing', async () => {
    const url = await metadata('form.txt');
    const before = await downloaded('cloud://test-1.x/form.txt');
    const form = new FormData();
    form.append('key', 'form.txt');
    expect(await send(url, form)).toEqual([400, textWith('The form has no file.')]);
    const cut = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
    });
    expect([cut.status, await cut.text()]).toEqual([400, textWith('ends too early')]);
    expect(await downloaded('cloud://test-1.x/form.txt')).toBe(before);
    expect(readdirSync(path.join(root, '.local-cloud/uploads'))).toEqual([]);
  });

  test('has a URL that old SDKs can use as it is', async () => {
    const url = await metadata('图/a b%.txt');
    expect(url).toMatch(/^[!-~]+$/);
    const form = new FormData();
    // What they send of a Buffer: it has no file name.
    form.append('file', 'old');
    expect(await send(url, form)).toEqual([204, '']);
    expect(await downloaded('cloud://test-1.x/图/a b%.txt')).toBe('old');
  });

  test('must begin within a quarter of an hour', async () => {
    const url = await metadata('late.txt');
    now += 901_000;
    expect(await send(url, formOf('late'))).toEqual([403, textWith('STORAGE_SIGN_PARAM_INVALID')]);
    expect((await urlsOf('cloud://test-1.x/late.txt'))[0]?.status).toBe(-503003);
  });
});
