import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalCloud } from 'cloudbase-local';
import { parse } from 'acorn';
import { makeProject, startTestCloud, textWith } from '../project';
import { connectCode, openSimulator, type Simulator, type SimulatorOptions } from './simulator';

const who = `
  const cloud = require('wx-server-sdk');
  cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
  exports.main = (event) => ({ event, openid: cloud.getWXContext().OPENID });`;
const put = `
  const cloud = require('wx-server-sdk');
  cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
  exports.main = ({ collection, data }) => cloud.database().collection(collection).add({ data });`;

let cloud: LocalCloud;
beforeAll(async () => {
  const root = makeProject({
    users: [{ openid: 'oFirst' }],
    functions: {
      who: { code: who },
      put: { code: put },
      failing: { code: `exports.main = () => { throw new Error('on purpose') }` },
    },
    collections: ['READONLY', 'PRIVATE', 'ADMINWRITE', 'ADMINONLY', 'CUSTOM'].map((permission) => ({
      name: permission.toLowerCase(),
      permission,
    })),
  });
  cloud = await startTestCloud(root);
});
afterAll(() => cloud.close());

const simulators: Simulator[] = [];
afterAll(() => {
  for (const simulator of simulators.splice(0)) simulator.close();
});

async function open(
  form: Parameters<typeof connectCode>[0] = 'as it is',
  options: SimulatorOptions = {},
): Promise<Simulator> {
  const simulator = openSimulator(await connectCode(form), options);
  simulators.push(simulator);
  return simulator;
}

/** A mini program that is connected, and has called wx.cloud.init. */
async function connected(
  openid?: string,
  form?: Parameters<typeof connectCode>[0],
): Promise<Simulator> {
  const simulator = await open(form);
  simulator.connect({ url: cloud.url, ...(openid === undefined ? {} : { openid }) });
  await simulator.run('wx.cloud.init({ env: "prod-1", traceUser: true })');
  return simulator;
}

/** Runs a script and gives what it returns; what it throws, as the phone sees it. */
const attempt = (simulator: Simulator, script: string, input?: unknown): Promise<unknown> =>
  simulator.run(
    `try { return await (async () => { ${script} })() }
     catch (error) { return { errCode: error.errCode, errMsg: error.errMsg, isError: error instanceof Error } }`,
    input,
  );

describe.each(['as it is', 'compiled to ES5'] as const)('connect.js, %s', (form) => {
  test('calls functions as the user of the phone', async () => {
    const call = 'return wx.cloud.callFunction({ name: "who", data: { a: [1, null] } })';
    expect(await attempt(await connected(undefined, form), call)).toEqual({
      result: {
        event: { a: [1, null], userInfo: { appId: textWith(/^wx/), openId: 'oFirst' } },
        openid: 'oFirst',
      },
      requestID: textWith(/^[\w-]{36}$/),
      errMsg: 'cloud.callFunction:ok',
    });
    expect(await attempt(await connected('oSecond', form), call)).toMatchObject({
      result: { openid: 'oSecond' },
    });
  });

  test('keeps documents, with every type as it was', async () => {
    const script = `
      const db = wx.cloud.database(), _ = db.command, $ = _.aggregate, own = db.collection('private');
      const { _id } = await own.add({ data: {
        at: new Date(5), server: db.serverDate(), place: db.Geo.Point(113, 23), list: [1, { a: null }], text: 'Anna', n: 1.5,
      } });
      await own.doc(_id).update({ data: { n: _.inc(1), list: _.push(['new']), 'deep.er': true } });
      const { data } = await own.doc(_id).get();
      const found = await own.where({ text: db.RegExp({ regexp: '^an', options: 'i' }), n: _.gt(2).and(_.lt(3)) })
        .field({ n: true }).orderBy('n', 'desc').skip(0).limit(5).get();
      const summed = await own.aggregate().match({ n: _.gt(0) }).group({ _id: null, sum: $.sum('$n') }).end();
      const near = await own.where({ place: _.geoNear({ geometry: db.Geo.Point(113, 23), maxDistance: 10 }) }).count();
      await own.doc(_id).remove();
      return {
        data: Object.assign({}, data, { _id: data._id === _id }),
        types: [data.at instanceof Date, data.server instanceof Date && data.server > data.at, data.place.longitude],
        found: found.data.map((each) => Object.keys(each).sort()), summed, near, left: (await own.count()).total,
      };`;
    expect(await attempt(await connected('oTypes', form), script)).toEqual({
      data: {
        _id: true,
        _openid: 'oTypes',
        at: '1970-01-01T00:00:00.005Z',
        server: textWith(/^20/),
        place: { type: 'Point', coordinates: [113, 23] },
        list: [1, { a: null }, 'new'],
        text: 'Anna',
        n: 2.5,
        deep: { er: true },
      },
      types: [true, true, 113],
      found: [['_id', 'n']],
      summed: { list: [{ _id: null, sum: 2.5 }], errMsg: 'collection.aggregate:ok' },
      near: { total: 1, errMsg: 'collection.count:ok' },
      left: 0,
    });
  });

  test('uploads, names, fetches and deletes files', async () => {
    const simulator = await connected('oFiles', form);
    const script = `
      const { fileID, ...uploaded } = await wx.cloud.uploadFile({ cloudPath: '照片/1 %.txt', filePath: input });
      const urls = await wx.cloud.getTempFileURL({ fileList: [{ fileID, maxAge: 60 }, 'cloud://a.b/absent'] });
      const fetched = await wx.cloud.downloadFile({ fileID });
      const gone = await wx.cloud.deleteFile({ fileList: [fileID, fileID + 'x'] });
      return { fileID, uploaded, urls, fetched, gone };`;
    const answer = await attempt(simulator, script, simulator.newFile('the content'));
    const fileID = textWith(/^cloud:\/\/[\w-]+\.[\w-]+\/照片\/1 %\.txt$/);
    expect(answer).toEqual({
      fileID,
      uploaded: { statusCode: 204, errMsg: 'cloud.uploadFile:ok' },
      urls: {
        fileList: [
          { fileID, tempFileURL: textWith(cloud.url), maxAge: 60, status: 0, errMsg: 'ok' },
          {
            fileID: 'cloud://a.b/absent',
            tempFileURL: '',
            status: -503003,
            errMsg: 'storage file not exists',
          },
        ],
        errMsg: 'cloud.getTempFileURL:ok',
      },
      fetched: { tempFilePath: textWith('/'), statusCode: 200, errMsg: 'cloud.downloadFile:ok' },
      gone: {
        fileList: [
          { fileID, status: 0, errMsg: 'ok' },
          { fileID: textWith('x'), status: -503003, errMsg: 'storage file not exists' },
        ],
        errMsg: 'cloud.deleteFile:ok',
      },
    });
    const { fetched } = answer as { fetched: { tempFilePath: string } };
    expect(readFileSync(fetched.tempFilePath, 'utf8')).toBe('the content');
  });
});

test('It is served, and is the file in the package', async () => {
  const answer = await fetch(`${cloud.url}/connect.js`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(await answer.text()).toBe(await connectCode('as it is'));
});

describe('A phone', () => {
  test('gets answers by callbacks, and then nothing is returned', async () => {
    const script = `
      const db = wx.cloud.database(), returned = [];
      const outcomes = await Promise.all([
        (callbacks) => wx.cloud.callFunction({ name: 'who', ...callbacks }),
        (callbacks) => wx.cloud.callFunction({ name: 'failing', ...callbacks }),
        (callbacks) => db.collection('private').get(callbacks),
        (callbacks) => db.collection('private').doc('absent').get(callbacks),
      ].map((call) => new Promise((resolve) => {
        const heard = [];
        const hear = (name) => (outcome) => {
          heard.push(name, outcome.errMsg.split(' ')[0]);
          if (name === 'complete') resolve(heard);
        };
        returned.push(call({ success: hear('success'), fail: hear('fail'), complete: hear('complete') }) === undefined);
      })));
      return { outcomes, returned };`;
    const both = (name: string, errMsg: string): string[] => [name, errMsg, 'complete', errMsg];
    expect(await attempt(await connected('oCallbacks'), script)).toEqual({
      outcomes: [
        both('success', 'cloud.callFunction:ok'),
        both('fail', 'cloud.callFunction:fail'),
        both('success', 'collection.get:ok'),
        both('fail', 'document.get:fail'),
      ],
      returned: [true, true, true, true],
    });
  });

  test('hears how an upload gets on, from the task that it was given', async () => {
    const simulator = await connected('oTask');
    const script = `
      return new Promise((resolve) => {
        const heard = [];
        const task = wx.cloud.uploadFile({ cloudPath: 'task.txt', filePath: input, success: () => resolve(heard) });
        task.onProgressUpdate(({ progress }) => heard.push(progress));
      });`;
    expect(await attempt(simulator, script, simulator.newFile('x'))).toEqual([100]);
  });

  test('reads what others wrote, and changes nothing of it, as the collection says', async () => {
    const script = `
      const db = wx.cloud.database();
      const outcome = async (work) => {
        try { const { data, stats } = await work(); return stats || (data.length === undefined ? 'seen' : data.length); }
        catch (error) { return error.errCode; }
      };
      const results = {};
      for (const name of ['readonly', 'private', 'adminwrite', 'adminonly', 'custom']) {
        const collection = db.collection(name), theirs = collection.doc(input[name]);
        results[name] = [
          await outcome(() => collection.where({ _id: input[name] }).get()),
          await outcome(() => theirs.get()),
          await outcome(() => theirs.update({ data: { text: 'changed' } })),
          await outcome(() => theirs.set({ data: { text: 'changed' } })),
          await outcome(() => theirs.remove()),
        ];
      }
      return results;`;
    const reader = await connected('oReader');
    const names = ['readonly', 'private', 'adminwrite', 'adminonly', 'custom'];
    const ids: Record<string, string> = {};
    for (const name of names) {
      const call = 'return (await wx.cloud.callFunction({ name: "put", data: input })).result._id';
      const data = { _openid: 'oWriter', text: 'theirs' };
      ids[name] = (await attempt(reader, call, { collection: name, data })) as string;
    }
    const none = { updated: 0 };
    const denied = -502003;
    expect(await attempt(reader, script, ids)).toEqual({
      readonly: [1, 'seen', none, denied, { removed: 0 }],
      private: [0, -1, none, denied, { removed: 0 }],
      adminwrite: [1, 'seen', denied, denied, denied],
      adminonly: [denied, denied, denied, denied, denied],
      custom: [denied, denied, denied, denied, denied],
    });
  });

  test('gets 20 documents at most', async () => {
    const script = `
      const own = wx.cloud.database().collection('private');
      await Promise.all([...Array(25).keys()].map((n) => own.add({ data: { n } })));
      return [(await own.get()).data.length, (await own.limit(100).get()).data.length, (await own.count()).total];`;
    expect(await attempt(await connected('oMany'), script)).toEqual([20, 20, 25]);
  });

  test.each([
    [
      'a function that fails',
      'await wx.cloud.callFunction({ name: "failing" })',
      -504002,
      /^cloud\.callFunction:fail Error: errCode: -504002 functions execute fail \| errMsg: .*on purpose/,
    ],
    [
      'no name of a function',
      'await wx.cloud.callFunction({ data: {} })',
      -401003,
      /^cloud\.callFunction:fail parameter error: name /,
    ],
    [
      'a function that is not there',
      'await wx.cloud.callFunction({ name: "absent" })',
      -501000,
      /^cloud\.callFunction:fail .*absent/,
    ],
    [
      'a collection that is not there',
      'await wx.cloud.database().collection("absent").get()',
      -502005,
      /^collection\.get:fail -502005 database collection not exists\. .*absent/,
    ],
    [
      'rules of its own',
      'await wx.cloud.database().collection("custom").get()',
      -502003,
      /^collection\.get:fail -502003 database permission denied\. The collection custom has rules of its own/,
    ],
    [
      'an _openid that it writes',
      'await wx.cloud.database().collection("private").add({ data: { _openid: "x" } })',
      -501007,
      /^collection\.add:fail -501007 invalid parameters\. Invalid Key Name: _openid/,
    ],
    [
      'a document that is not there',
      'await wx.cloud.database().collection("private").doc("absent").get()',
      -1,
      /^document\.get:fail cannot find document with _id absent, /,
    ],
    [
      'no data',
      'await wx.cloud.database().collection("private").add({})',
      -401003,
      /^collection\.add:fail parameter error: data/,
    ],
    [
      'a path that is none',
      'await wx.cloud.uploadFile({ cloudPath: "/a", filePath: "x" })',
      -501007,
      /^cloud\.uploadFile:fail -501007 invalid parameters\. cloudPath .*begins with \//,
    ],
    [
      'a file that is not there',
      'await wx.cloud.downloadFile({ fileID: "cloud://a.b/absent" })',
      -503003,
      /^cloud\.downloadFile:fail -503003 storage file not exists\. /,
    ],
    [
      'what is for functions',
      'wx.cloud.database().startTransaction()',
      -401001,
      /^database\.startTransaction:fail it is for cloud functions/,
    ],
    [
      'watch',
      'wx.cloud.database().collection("private").watch({})',
      -1,
      /^collection\.watch:fail the local cloud has no watch/,
    ],
  ])('hears of %s as from WeChat', async (_, script, errCode, errMsg) => {
    expect(await attempt(await connected('oFaults'), script)).toEqual({
      errCode,
      errMsg: textWith(errMsg),
      isError: true,
    });
  });

  test('that wants no error gets null for a document that is not there', async () => {
    const script = `
      const db = wx.cloud.database({ throwOnNotFound: false });
      return db.collection('private').doc('absent').get()`;
    expect(await attempt(await connected(), script)).toEqual({
      data: null,
      errMsg: 'document.get:ok',
    });
  });

  test('sends a cloudID at the top as one that cannot be opened, and a deeper one as its text', async () => {
    const script = `
      const run = wx.cloud.CloudID('id-1'), deep = { share: wx.cloud.CloudID('id-2') };
      return (await wx.cloud.callFunction({ name: 'who', data: { run, deep } })).result.event`;
    expect(await attempt(await connected(), script)).toMatchObject({
      run: { cloudID: 'id-1', errCode: -601006, errMsg: textWith('local cloud') },
      deep: { share: 'id-2' },
    });
  });

  test('must call wx.cloud.init first, as in WeChat; a cloud of its own is started by itself', async () => {
    const simulator = await open();
    simulator.connect({ url: cloud.url });
    const notReady = textWith("Cloud API isn't enabled, please call wx.cloud.init first");
    const calls = [
      'return wx.cloud.callFunction({ name: "who" })',
      'return wx.cloud.database().collection("private").get()',
      'return wx.cloud.uploadFile({ cloudPath: "a.txt", filePath: "x" })',
    ];
    for (const call of calls) {
      expect(await attempt(simulator, call)).toMatchObject({ errCode: -1, errMsg: notReady });
    }
    const other = `
      const other = new wx.cloud.Cloud({ resourceEnv: 'x' });
      await other.init();
      return (await other.callFunction({ name: 'who' })).result.openid`;
    expect(await attempt(simulator, other)).toBe('oFirst');
  });

  test('is told what to look at when the local cloud does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const simulator = await open();
    simulator.connect({ url: `http://127.0.0.1:${String(port)}/` });
    await simulator.run('wx.cloud.init()');
    const call = 'return wx.cloud.callFunction({ name: "who" })';
    expect(await attempt(simulator, call)).toMatchObject({
      errCode: -601003,
      errMsg: textWith(/does not answer .*Is it running\?.*不校验合法域名/),
    });
  });
});

describe('connect()', () => {
  test('says where the answers come from, and refuses by name what is not there', async () => {
    const simulator = await open();
    expect(simulator.connect({ url: cloud.url, openid: 'oNew' })).toBe(true);
    expect(simulator.lines).toEqual([textWith(`${cloud.url} answers for wx.cloud as oNew`)]);
    await expect(simulator.run('wx.cloud.callContainer({})')).rejects.toThrow(
      /wx\.cloud\.callContainer is not there in the local cloud/,
    );
  });

  test('takes the members of wx.cloud one by one where it cannot be defined anew', async () => {
    const simulator = await open('as it is', { isOpen: false });
    expect(simulator.connect({ url: cloud.url })).toBe(true);
    const call = `wx.cloud.init(); return (await wx.cloud.callFunction({ name: 'who' })).result.openid`;
    expect(await simulator.run(call)).toBe('oFirst');
    await expect(simulator.run('wx.cloud.callContainer({})')).rejects.toThrow(/is not there/);
  });

  test('takes an old base library for what it is', async () => {
    const simulator = await open('as it is', { hasDeviceInfo: false });
    expect(simulator.connect({ url: cloud.url })).toBe(true);
  });

  test.each([
    ['in the trial version', { envVersion: 'trial' }, /the version "trial"/],
    ['in the released version', { envVersion: 'release' }, /the version "release"/],
    ['on a phone', { platform: 'ios' }, /a phone \(ios\)/],
  ])('leaves wx.cloud to WeChat %s, and says so', async (_, options, why) => {
    const simulator = await open('as it is', options);
    expect(simulator.connect({ url: cloud.url })).toBe(false);
    expect(await simulator.run('return wx.cloud.callFunction({})')).toBe('WeChat');
    expect(simulator.lines).toEqual([textWith(why)]);
    expect(simulator.lines[0]).toMatch(/take it out before you upload/);
  });
});

// The last: it holds up whatever else runs in this process.
test('What WeChat’s compiler makes of it for old phones is ES5', async () => {
  const compiled = await connectCode('compiled to ES5');
  expect(() => parse(compiled, { ecmaVersion: 5 })).not.toThrow();
});
