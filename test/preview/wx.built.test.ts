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

  test('what the preview lacks says so by name, and is not claimed to be there', async () => {
    const said = await run(`
      try { wx.scanCode(); } catch ({ message }) {
        return [message, 'scanCode' in wx, 'login' in wx, 'cloud' in wx];
      }`);
    expect(said).toEqual(['wx.scanCode is not supported by the preview', false, true, true]);
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
