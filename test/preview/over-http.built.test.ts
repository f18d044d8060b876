import { startPreviews, type Previews } from './preview';

jest.setTimeout(60_000);

describe('with a base address in env.ts', () => {
  let previews: Previews;
  beforeAll(async () => {
    previews = await startPreviews();
    const before = "httpBase: string = ''";
    const after = `httpBase: string = '${previews.cloud.url}/api'`;
    await previews.project.edit('miniprogram/env.ts', before, after);
  });
  afterEach(() => previews.close());
  afterAll(() => previews.end());

  test('the loop turns through wx.request alone: first tap, revocation, tap', async () => {
    const { page, ask, orders, newCalls, complaints } = await previews.open();
    const addresses = new Set<string>();
    page.on('request', (request) => addresses.add(new URL(request.url()).pathname));
    await ask.click();
    await orders.nth(19).waitFor();
    expect(await newCalls()).toEqual(['gettoken 1', 'orders 1']);
    await page.getByRole('button', { name: '让云端忘记当前token' }).click();
    await page.getByText('云端已忘记当前 token').waitFor();
    await newCalls();
    addresses.clear();
    await ask.click();
    await page.waitForResponse((response) => response.url().endsWith('/api/gettoken'));
    await orders.nth(19).waitFor();
    expect(await newCalls()).toEqual(['orders 903', 'gettoken 1', 'orders 1']);
    expect([...addresses].sort()).toEqual(['/api/gettoken', '/api/orders', '/wx/login']);
    expect(complaints).toEqual([]);
  });
});
