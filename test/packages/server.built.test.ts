import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { hostSdk } from '../host-sdk';
import { withTestCloud, type TestCloud } from '../server/test-cloud';

jest.setTimeout(60_000);

const repository = path.resolve(__dirname, '../..');
const openid = 'oHost_000000000000000000000001';

/** The functions of a host without npm: the package is a file beside each. */
const functions: Record<string, string> = {
  gettoken: `exports.main = require('./token-loop-server').gettoken;`,
  cleartokens: `exports.main = require('./token-loop-server').cleartokens;`,
  accounts: `exports.main = require('./token-loop-server').accounts;`,
  echo: `
const { protect } = require('./token-loop-server');
exports.main = protect(({ userInfo, ...event }, user, context) => ({
  event, isCaller: user.openid === userInfo.openId, name: context.function_name,
  sdk: require('wx-server-sdk/package.json').version,
}));`,
  answers: `
const { protect } = require('./token-loop-server');
const answers = {
  nothing: undefined, plain: { n: 1 }, coded: { code: 7 }, done: { errCode: 0 }, failed: { errCode: -3 },
  list: [], text: 'text', nobody: null, worded: { code: 'OK' },
};
exports.main = protect(async ({ which }) => answers[which]);`,
  errors: `
const { protect, PublicError } = require('./token-loop-server');
class Rejected extends Error {}
const errors = {
  shown: new PublicError(404, '没有'), hidden: new Error('of the inside'), own: new Rejected('不行'),
};
exports.main = protect(
  async ({ which }) => { throw errors[which]; },
  { explain: (error) => error instanceof Rejected ? { code: 420, msg: error.message } : undefined },
);
exports.plain = protect(async ({ which }) => { throw errors[which]; });`,
  plain: `exports.main = require('../errors').plain;`,
  checked: `
const { protect } = require('./token-loop-server');
const v = require('valibot');
exports.main = protect(async ({ day }) => ({ day }), {
  fields: v.strictObject({ day: v.pipe(v.string('应为字符串'), v.trim()) }),
  readsOnly: true,
});`,
};

function makeProject(): string {
  const project = mkdtempSync(path.join(tmpdir(), 'token-loop-host-'));
  mkdirSync(path.join(project, 'node_modules'));
  symlinkSync(hostSdk, path.join(project, 'node_modules/wx-server-sdk'));
  const valibot = path.join(repository, 'node_modules/valibot');
  symlinkSync(valibot, path.join(project, 'node_modules/valibot'));
  for (const [name, code] of Object.entries(functions)) {
    const folder = path.join(project, 'cloudfunctions', name);
    mkdirSync(folder, { recursive: true });
    const built = path.join(repository, 'packages/server/dist/token-loop-server.js');
    copyFileSync(built, path.join(folder, 'token-loop-server.js'));
    writeFileSync(path.join(folder, 'index.js'), code);
  }
  const names = ['TOKEN_SALT', 'TOKEN_COLLECTION_PREFIX', 'ACCOUNTS_KEY'];
  const envVariables = Object.fromEntries(names.map((name) => [name, `{{env.${name}}}`]));
  const declared = Object.keys(functions).map((name) => ({ name, envVariables }));
  writeFileSync(path.join(project, 'cloudbaserc.json'), JSON.stringify({ functions: declared }));
  mkdirSync(path.join(project, 'database'));
  const collections = ['tokens', 'app_tokens', 'app_logins'].map((name) => ({ name, indexes: [] }));
  writeFileSync(path.join(project, 'database/collections.json'), JSON.stringify(collections));
  writeFileSync(path.join(project, 'database/sample-tokens.jsonl'), '{"_id":"theirs"}\n');
  return project;
}

test('a host with the package as one file, and a collection of tokens of its own', async () => {
  const root = makeProject();
  const env = { TOKEN_COLLECTION_PREFIX: 'app_', ACCOUNTS_KEY: 'key-of-the-tests-0123456789' };
  await withTestCloud({ root, env }, async (cloud) => {
    const { token } = await cloud.mint(openid);
    const call = (name: string, event: object) => cloud.call(name, { token, ...event }, openid);

    await isKeptApart(cloud);
    expect(await call('echo', { a: 1 })).toMatchObject({
      code: 1,
      event: { a: 1 },
      isCaller: true,
      name: 'echo',
      sdk: versionOf(hostSdk),
    });
    await answersAsReturned(call);
    await tellsWhatIsPublic(call, cloud);
    await parsesTheFields(call, cloud);
    await endsWhatTheAdministratorEnds(cloud, env.ACCOUNTS_KEY, token);
  });
  rmSync(root, { recursive: true });
});

function versionOf(folder: string): string {
  const text = readFileSync(path.join(folder, 'package.json'), 'utf8');
  return v.parse(v.object({ version: v.string() }), JSON.parse(text)).version;
}

type CallFunction = (name: string, event: object) => Promise<unknown>;

async function isKeptApart(cloud: TestCloud): Promise<void> {
  expect(await cloud.database.count('tokens', {})).toBe(1);
  expect(await cloud.database.count('app_tokens', {})).toBe(1);
  expect(await cloud.database.count('app_logins', {})).toBe(1);
}

async function answersAsReturned(call: CallFunction): Promise<void> {
  const answer = (which: string) => call('answers', { which });
  expect(await answer('nothing')).toEqual({ code: 1 });
  expect(await answer('plain')).toEqual({ code: 1, n: 1 });
  expect(await answer('coded')).toEqual({ code: 7 });
  expect(await answer('done')).toEqual({ code: 1, errCode: 0 });
  expect(await answer('failed')).toEqual({ code: -3, errCode: -3 });
  for (const which of ['list', 'text', 'nobody', 'worded']) {
    expect(await answer(which)).toMatchObject({ code: 500 });
  }
}

async function tellsWhatIsPublic(call: CallFunction, cloud: TestCloud): Promise<void> {
  expect(await call('plain', { which: 'shown' })).toEqual({ code: 404, msg: '没有' });
  cloud.takeLog();
  const hidden = await call('plain', { which: 'hidden' });
  expect(hidden).toMatchObject({ code: 500, msg: '请求失败' });
  expect(JSON.stringify(hidden)).not.toContain('inside');
  expect(cloud.takeLog()).toMatchObject([{ function: 'plain', cause: 'Error: of the inside' }]);
  expect(await call('errors', { which: 'own' })).toEqual({ code: 420, msg: '不行' });
  expect(await call('errors', { which: 'shown' })).toEqual({ code: 404, msg: '没有' });
  expect(await call('errors', { which: 'hidden' })).toMatchObject({ code: 500 });
}

async function parsesTheFields(call: CallFunction, cloud: TestCloud): Promise<void> {
  const userInfo = { appId: 'a', openId: 'o' };
  expect(await call('checked', { day: ' monday ', userInfo })).toEqual({ code: 1, day: 'monday' });
  expect(await call('checked', { day: 7 })).toEqual({ code: 400, msg: 'day：应为字符串' });
  expect(await call('checked', { day: 'monday', more: 1 })).toMatchObject({ code: 400 });
  expect(await cloud.call('checked', { day: 7 }, openid)).toMatchObject({ code: 903 });
}

async function endsWhatTheAdministratorEnds(
  cloud: TestCloud,
  key: string,
  token: string,
): Promise<void> {
  const gone = { code: 1, changed: { logins: 1, tokens: 1 } };
  expect(await cloud.call('accounts', { key, openid, action: 'delete' }, null)).toEqual(gone);
  expect(await cloud.call('echo', { token }, openid)).toMatchObject({ code: 903 });
  expect(await cloud.call('cleartokens', {}, null)).toEqual({ code: 1, removed: 0, more: false });
}
