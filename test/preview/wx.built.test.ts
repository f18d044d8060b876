import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Frame } from 'playwright-core';
import { startPreviews, type OpenPreview, type Previews } from './preview';

let previews: Previews;
let preview: OpenPreview;

jest.setTimeout(60_000);
beforeAll(async () => {
  previews = await startPreviews();
  preview = await previews.open();
});
afterAll(async () => {
  await previews.close();
  await previews.end();
});

function phoneFrame(): Frame {
  const frame = preview.page.frames().find((one) => one.url().includes('/phone'));
  if (!frame) throw new Error('The phone is not open');
  return frame;
}

/** Runs code of a mini program in the phone. */
const run = (code: string): Promise<unknown> =>
  phoneFrame().evaluate(`(async () => { ${code} })().catch((error) => ({ ...error }))`);

describe('wx in the preview', () => {
  test('storage keeps values of every kind, and gives an empty string for none', async () => {
    const kept = await run(`
      wx.setStorageSync('kept', { list: [1, 'a', null] });
      await wx.setStorage({ key: 'text', data: '字' });
      const { data } = await wx.getStorage({ key: 'text' });
      return [wx.getStorageSync('kept'), data, wx.getStorageSync('none'), wx.getStorageInfoSync().keys];`);
    expect(kept).toEqual([
      { list: [1, 'a', null] },
      '字',
      '',
      expect.arrayContaining(['kept', 'text']),
    ]);
    expect(
      await run(`wx.removeStorageSync('kept'); await wx.removeStorage({ key: 'text' });
        return [wx.getStorageSync('kept'), wx.getStorageSync('text')];`),
    ).toEqual(['', '']);
  });

  test('a failure rejects, or goes to the callbacks when there are any', async () => {
    expect(await run(`return wx.getStorage({ key: 'none' });`)).toMatchObject({
      errMsg: 'getStorage:fail data not found',
    });
    const told = await run(`return new Promise((resolve) => {
      const said = [];
      const returned = wx.getStorage({ key: 'none',
        success: () => said.push('success'),
        fail: ({ errMsg }) => said.push(errMsg),
        complete: () => resolve([...said, returned === undefined]) });
    });`);
    expect(told).toEqual(['getStorage:fail data not found', true]);
  });

  test('a bad parameter is named', async () => {
    const said = await run(`return wx.getStorage({}).catch(({ errMsg }) => errMsg);`);
    expect(said).toContain('getStorage:fail parameter error: key');
  });

  test('a cloud function that does not exist fails as it does in WeChat', async () => {
    const failure = `({ errCode, errMsg }) => [errCode, errMsg.slice(0, 23)]`;
    expect(
      await run(`return wx.cloud.callFunction({ name: 'nothing' }).catch(${failure});`),
    ).toEqual([-501000, 'cloud.callFunction:fail']);
  });

  test('a cloud function answers with its result and the id of the request', async () => {
    const answer = await run(`
      const { result, requestID, errMsg } =
        await wx.cloud.callFunction({ name: 'orders', data: { token: 'no' } });
      return [result.code, typeof requestID, errMsg];`);
    expect(answer).toEqual([903, 'string', 'cloud.callFunction:ok']);
  });

  test('the database keeps the permissions of the collections', async () => {
    const failure = `({ errCode, errMsg }) => [errCode, errMsg.split(' ')[0]]`;
    expect(
      await run(`return wx.cloud.database().collection('orders').get().catch(${failure});`),
    ).toEqual([-502003, 'collection.get:fail']);
  });

  test('a file goes to the cloud and comes back, and its URL shows it', async () => {
    const texts = await run(`
      const filePath = URL.createObjectURL(new Blob(['a photo']));
      const { fileID } = await wx.cloud.uploadFile({ cloudPath: '照片/1.txt', filePath });
      const { tempFilePath } = await wx.cloud.downloadFile({ fileID });
      const { fileList } = await wx.cloud.getTempFileURL({ fileList: [fileID] });
      const texts = await Promise.all([tempFilePath, fileList[0].tempFileURL].map(async (url) => (await fetch(url)).text()));
      await wx.cloud.deleteFile({ fileList: [fileID] });
      return texts;`);
    expect(texts).toEqual(['a photo', 'a photo']);
  });

  test('a request that is answered succeeds, whatever the status, and gives a task', async () => {
    const answers = await run(`
      const ask = (options) => new Promise((resolve) => {
        const task = wx.request({ ...options, success: resolve, fail: resolve });
        if (options.abort) task.abort();
      });
      const at = (path) => location.origin + path;
      const { code } = await wx.login();
      const login = { url: at('/api/gettoken'), method: 'POST', data: { code } };
      const first = await ask(login);
      const again = await ask(login);
      const token = first.data.token;
      const orders = await ask({ url: at('/api/orders'), method: 'POST', header: { token }, data: { limit: 1 } });
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      return {
        first: [first.statusCode, first.data.code, first.errMsg],
        again: again.data.code,
        orders: orders.data.orders.length,
        header: orders.header['cache-control'],
        wrongMethod: (await ask({ url: at('/api/orders'), data: { a: '1' } })).statusCode,
        form: (await ask({ url: at('/api/orders'), method: 'POST', header: form, data: { a: 1 } })).data.code,
        text: typeof (await ask({ url: at('/api/none'), dataType: 'text' })).data,
        foreign: (await ask({ url: 'https://elsewhere.example/' })).errMsg,
        noAddress: (await ask({ url: '/api/orders' })).errMsg,
        timeout: (await ask({ ...login, timeout: 0 })).errMsg,
        aborted: (await ask({ ...login, abort: true })).errMsg,
        bad: (await ask({ method: 'POST' })).errMsg,
      };`);
    expect(answers).toEqual({
      first: [200, 1, 'request:ok'],
      again: 401,
      orders: 1,
      header: 'no-store',
      wrongMethod: 405,
      form: 400,
      text: 'string',
      foreign: expect.stringMatching(/^request:fail /) as string,
      noAddress: expect.stringMatching(/^request:fail /) as string,
      timeout: 'request:fail timeout',
      aborted: expect.stringMatching(/^request:fail abort/) as string,
      bad: expect.stringMatching(/^request:fail parameter error: url/) as string,
    });
  });

  test('other servers are reached although they allow no page to read them', async () => {
    const server = createServer((request, response) => {
      response.setHeader('x-type', request.headers['content-type'] ?? '');
      request.pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const answers = await run(`
      const sent = await new Promise((success, fail) =>
        wx.request({ url: '${url}', method: 'POST', data: { a: '字' }, success, fail }));
      const filePath = URL.createObjectURL(new Blob(['a photo']));
      const up = await new Promise((success, fail) =>
        wx.uploadFile({ url: '${url}', filePath, name: 'photo', formData: { of: 'me' }, success, fail }));
      const down = await new Promise((success, fail) => wx.downloadFile({ url: '${url}', success, fail }));
      return [sent.data, sent.header['x-type'], up.statusCode, up.data, down.tempFilePath, await (await fetch(down.tempFilePath)).text()];`);
    server.close();
    expect(answers).toEqual([
      { a: '字' },
      'application/json',
      200,
      expect.stringMatching(/name="of"\r\n\r\nme\r\n[^]*name="photo"[^]*a photo/) as string,
      expect.stringMatching(/^blob:/) as string,
      '',
    ]);
  });

  test('steps come encrypted, as WeChat gives them', async () => {
    expect(await run(`return wx.getWeRunData();`)).toEqual({
      encryptedData: expect.stringMatching(/^[\w+/]+={0,2}$/) as string,
      iv: expect.stringMatching(/^[\w+/]{22}==$/) as string,
      errMsg: 'getWeRunData:ok',
    });
  });

  test('what the preview lacks says so by name, fails as in WeChat, and is not claimed to be there', async () => {
    const said = await run(`
      const failed = await wx.scanCode().catch(({ errMsg }) => errMsg);
      const told = await new Promise((fail) => wx.scanCode({ fail })).then(({ errMsg }) => errMsg);
      try { wx.createCameraContext(); } catch ({ message }) {
        return [failed, told === failed, message, 'scanCode' in wx, 'login' in wx, 'cloud' in wx];
      }`);
    const way = 'is not supported by the preview; use WeChat DevTools';
    expect(said).toEqual([
      `scanCode:fail wx.scanCode ${way}`,
      true,
      `wx.createCameraContext ${way}`,
      false,
      true,
      true,
    ]);
    const { phone } = preview;
    await phone.getByText('预览里没有 wx.scanCode、wx.createCameraContext').waitFor();
    await phone.getByRole('button', { name: '关闭' }).click();
  });

  test('canIUse knows what is there', async () => {
    expect(
      await run(`return ['login', 'image.mode', 'showToast.object.title', 'map', 'scanCode', 'canIUse']
        .map((name) => wx.canIUse(name));`),
    ).toEqual([true, true, true, false, false, true]);
  });

  test('a question is asked over the page, and answered', async () => {
    const answer = run(`return wx.showModal({ title: '退出吗', content: '会清除登录' });`);
    const dialog = preview.phone.getByRole('dialog', { name: '退出吗' });
    await dialog.getByRole('button', { name: '确定' }).click();
    expect(await answer).toMatchObject({ confirm: true, cancel: false });
  });

  test('a short message shows', async () => {
    await run(`await wx.showToast({ title: '已保存', duration: 60000 });`);
    await preview.phone.getByText('已保存').waitFor();
  });
});
