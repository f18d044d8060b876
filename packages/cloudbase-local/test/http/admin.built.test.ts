import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { LocalCloud } from 'cloudbase-local';
import { makeProject, runScript, sdkFunction, startTestCloud } from '../project';

let root: string;
let cloud: LocalCloud;

beforeAll(async () => {
  root = makeProject({ functions: { sdk: sdkFunction }, collections: [{ name: 'things' }] });
  cloud = await startTestCloud(root);
});

afterAll(() => cloud.close());

/** Sends a request of an SDK to an address that is fixed in its code. */
const send = `
  const send = (client, host, body) => new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const sent = require(client).request({ host, path: '/admin?eventId=1', method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(JSON.parse(text)));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ collectionName: 'things', ...body }));
  });
  const old = (body) => send('http', 'tcb-admin.tencentyun.com', body);
`;

describe('An SDK whose address is fixed in its code', () => {
  test.each([
    ['http', 'tcb-admin.tencentyun.com'],
    ['https', 'tcb-admin.tencentcloudapi.com'],
    ['https', 'my-env.ap-shanghai.tcb-api.tencentcloudapi.com'],
  ])('is answered here when it asks %s://%s', async (client, host) => {
    const script = `${send}
      return (await send('${client}', '${host}', { action: 'database.countDocument', query: {} })).data`;
    expect(await runScript(cloud, script)).toEqual({ total: 0 });
  });

  test('and that sends an event that is no JSON is told which field it was', async () => {
    const script = `${send}
      return (await old({ action: 'functions.invokeFunction', function_name: 'sdk', request_data: '{' }))`;
    expect(await runScript(cloud, script)).toMatchObject({
      code: 'INVALID_PARAM',
      message: expect.stringContaining('request_data') as string,
    });
  });

  test('and that uses fetch, or http.get, is answered here too', async () => {
    const script = `
      const url = 'http://tcb-admin.tencentyun.com/admin';
      const status = await new Promise((resolve, reject) => {
        require('http').get(url, (response) => resolve(response.statusCode)).on('error', reject);
      });
      const body = JSON.stringify({ action: 'database.countDocument', collectionName: 'things' });
      const response = await fetch(url, { method: 'POST', body });
      return [status, (await response.json()).data];`;
    expect(await runScript(cloud, script)).toEqual([404, { total: 0 }]);
  });

  test('writes and reads documents in the protocol without EJSON, dates included', async () => {
    const script = `${send}
      const { data: { _id } } = await old({ action: 'database.addDocument',
        data: { n: 1, at: { $date: 1600000000000 }, made: { $date: { offset: 0 } }, tags: ['a'] } });
      await old({ action: 'database.addDocument', data: { n: 2 } });
      const updated = await old({ action: 'database.updateDocument', query: { _id }, multi: false, merge: true,
        upsert: false, data: { $inc: { n: 10 }, $set: { at: { $date: 1700000000000 } } } });
      const found = await old({ action: 'database.queryDocument', query: { n: { $gt: 0 } }, projection: {},
        order: [{ field: 'n', direction: 'desc' }], limit: 5 });
      const before = await old({ action: 'database.queryDocument', query: { at: { $lt: { $date: 1600000000001 } } } });
      const [first, second] = found.data.list;
      const sum = await old({ action: 'database.aggregate',
        stages: [{ stageKey: '$group', stageValue: '{"_id":null,"sum":{"$sum":"$n"}}' }] });
      const removed = await old({ action: 'database.deleteDocument', query: { _id }, multi: false });
      return { updated: updated.data.updated, first: { ...first, _id: first._id === _id, made: typeof first.made.$date },
        second: second.n, before: before.data.list, sum: JSON.parse(JSON.parse(sum.data.list)[0]), removed: removed.data }`;
    expect(await runScript(cloud, script)).toEqual({
      updated: 1,
      first: { _id: true, n: 11, at: { $date: 1700000000000 }, made: 'number', tags: ['a'] },
      second: 2,
      before: [],
      sum: { _id: null, sum: { $numberInt: '13' } },
      removed: { deleted: 1 },
    });
  });

  test('or that signs with a key of its own, is answered', async () => {
    const script = `
      const app = require('@cloudbase/node-sdk').init({ secretId: 'mine', secretKey: 'mine', env: 'mine' });
      return (await app.database().collection('things').where({ n: 1000 }).count()).total`;
    expect(await runScript(cloud, script)).toBe(0);
  });

  test('is not in the way of other requests, however odd', async () => {
    const script = `
      const { hostname, port } = new URL(JSON.parse(process.env.TCB_CONTEXT_CNFG).URL);
      const ask = (...given) => new Promise((resolve, reject) =>
        require('http').get(...given, (response) => resolve(response.statusCode)).on('error', reject));
      return [
        await ask({ hostname, port, path: '//' }),
        await ask('http://' + hostname + ':' + port + '/none', { headers: { a: 'b' } }),
        await fetch('/relative').catch((error) => error.name),
        (await fetch(new URL('http://' + hostname + ':' + port + '/none'))).status,
      ];`;
    expect(await runScript(cloud, script)).toEqual([404, 404, 'TypeError', 404]);
  });

  test('hears that what another host would answer is not here', async () => {
    const script = `
      const url = 'https://my-env.api.tcloudbasegateway.com/v1/model/prod/post/list';
      const response = await fetch(url, { method: 'POST', body: '{}' });
      return [response.status, (await response.json()).message];`;
    expect(await runScript(cloud, script)).toEqual([
      400,
      'The local cloud has no data models: try that in the cloud.',
    ]);
  });
});

describe("WeChat's own API", () => {
  const attempt = (call: string): Promise<unknown> =>
    runScript(
      cloud,
      `return cloud.${call}.then((answer) => answer, ({ errCode, errMsg }) => [errCode, errMsg])`,
    );
  const check = (content: string): Promise<unknown> =>
    attempt(`openapi.security.msgSecCheck({ content: ${JSON.stringify(content)} })`);

  test('is refused by name, with the way on', async () => {
    expect(await check('x'.repeat(1000))).toEqual([
      48001,
      expect.stringMatching(/security\.msgSecCheck.*local\/openapi\.js/),
    ]);
    expect(await attempt('cloudPay.unifiedOrder({ body: "x" })')).toEqual([
      -501001,
      expect.stringMatching(/cloudPay\.unifiedOrder.*local\/openapi\.js/),
    ]);
    expect(await attempt('getOpenData({ list: ["x"] })')).toEqual([
      -501001,
      expect.stringContaining('try it in the cloud'),
    ]);
  });

  test.each(['() => {}', '() => null', '"ok"', 'null', 'true'])(
    'is no success where the module answers %s',
    async (answer) => {
      mkdirSync(path.join(root, 'local'), { recursive: true });
      const code = `module.exports = { 'security.msgSecCheck': ${answer} }`;
      writeFileSync(path.join(root, 'local/openapi.js'), code);
      expect(await check('anything')).toEqual([
        48001,
        expect.stringContaining('the answer to security.msgSecCheck must be an object'),
      ]);
      rmSync(path.join(root, 'local'), { recursive: true });
    },
  );

  test("is answered by the project's module, as that is at the moment of the call", async () => {
    const write = (code: string): void => {
      mkdirSync(path.join(root, 'local'), { recursive: true });
      writeFileSync(path.join(root, 'local/openapi.js'), code);
    };
    write(`exports['security.msgSecCheck'] = ({ content }) =>
      content === '坏' ? { errCode: 87014, errMsg: 'risky' } : { trace_id: content.length };`);
    expect(await check('坏')).toEqual([87014, expect.stringContaining('risky')]);
    expect(await check('好'.repeat(300))).toMatchObject({ errCode: 0, traceId: 300 });
    write(`exports['security.msgSecCheck'] = () => { throw new Error('no idea') };`);
    expect(await check('x')).toEqual([48001, expect.stringContaining('no idea')]);
    write(`exports['cloudPay.unifiedOrder'] = { returnCode: 'SUCCESS' };`);
    expect(await attempt('cloudPay.unifiedOrder({ body: "x" })')).toMatchObject({
      returnCode: 'SUCCESS',
    });
    expect(await check('x')).toEqual([48001, expect.stringContaining('try it in the cloud')]);
  });
});

test('A request without the key of a function is answered before its body has come', async () => {
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
  const sent = request(`${cloud.url}/admin`, { method: 'POST', headers });
  sent.write('{');
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  expect(JSON.parse(await text(response))).toMatchObject({ code: 'SIGN_PARAM_INVALID' });
  sent.destroy();
});
