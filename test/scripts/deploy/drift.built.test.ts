import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { readFunctions } from 'cloudbase-local/project';
import { startCloudApi, type CloudApi, type CloudApiOptions } from './cloud-api/cloud-api';
import type { Collection } from './cloud-api/database';
import type { Environment } from './cloud-api/environments';
import type { CloudFunction, Deployment, Settings } from './cloud-api/functions';
import { indexOn, runDeploy, seed, settings, since, timerAt, writeSettings } from './deployment';
import { copyProject, type Project } from './project';

jest.setTimeout(60_000);

let project: Project;
let api: CloudApi;

beforeAll(async () => {
  project = await copyProject();
});

beforeEach(() => writeSettings(project, '.env', settings));

afterEach(() => api.stop());

afterAll(() => project.remove());

/** Starts a stand-in whose environment is as a deployment leaves it. */
async function deployed(options: CloudApiOptions = {}): Promise<Environment> {
  api = await startCloudApi(options);
  return seed(project, api);
}

const deploy = (...args: string[]) => runDeploy(project, api, args);

function collection({ collections }: Environment, name: string): Collection {
  const found = collections.get(name);
  if (found === undefined) throw new Error(`There is no collection ${name}.`);
  return found;
}

function changed(before: Deployment, files: Record<string, string>, changes: Partial<Settings>) {
  const added = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return {
    code: zipSync({ ...unzipSync(before.code), ...Object.fromEntries(added) }, { level: 0 }),
    settings: { ...before.settings, ...changes },
  };
}

/** Somebody changes what a function is made of. */
function change(
  { functions }: Environment,
  name: string,
  files: Record<string, string>,
  changes: Partial<Settings> = {},
): void {
  const found = functions.get(name);
  found.deployed = changed(found.deployed, files, changes);
}

/** What a call runs is no longer what the cloud shows. */
function changeLive(found: CloudFunction, files: Record<string, string>, salt: string): void {
  const variables = [{ Key: 'TOKEN_SALT', Value: salt }];
  found.live = changed(found.deployed, files, { variables });
}

const disableTimer = ({ functions }: Environment): void => {
  const { triggers } = functions.get('cleartokens');
  triggers.set('hourly', { ...timerAt('hourly', '0 0 * * * * *'), enabled: false });
};

/** Each thing is not as declared in a way of its own. */
function spoil(environment: Environment): void {
  collection(environment, 'tokens').indexes.delete('expiresAt');
  collection(environment, 'orders').permission = 'READONLY';
  environment.collections.delete('logins');
  change(environment, 'gettoken', { '.env': 'A=1' }, { memory: 128 });
  disableTimer(environment);
  environment.functions.delete('orders');
}

/** Does something while a file of the project is not there. */
async function without<T>(file: string, work: () => Promise<T>): Promise<T> {
  const text = await readFile(file);
  await rm(file);
  try {
    return await work();
  } finally {
    await writeFile(file, text);
  }
}

test('a dry run prints the plan, and changes nothing', async () => {
  const environment = await deployed();
  spoil(environment);

  const run = await deploy('--dry-run');

  expect(run).toMatchObject({ status: 0, stderr: '' });
  for (const line of [
    /^ {2}… collection tokens has no index expiresAt → create indexes$/m,
    /^ {2}… collection orders is READONLY and not ADMINONLY → set permission$/m,
    /^ {2}… collection logins is not there → create$/m,
    /^ {2}… gettoken has the code \w{12} and not \w{12}, has the memory 128 and not 256, holds \.env, which was not built → deploy$/m,
    /^ {2}… cleartokens has the timer hourly \(0 0 .*, disabled\) and not hourly \(0 0 .*\) → set timers$/m,
    /^ {2}… orders is not there → deploy$/m,
    /^Nothing was changed/m,
  ]) {
    expect(run.stdout).toMatch(line);
  }
  expect(api.changes()).toEqual([]);
});

describe('the verification', () => {
  test('passes where all is as a deployment leaves it, and downloads each package once', async () => {
    const { functions } = await deployed();
    const run = await deploy('verify');
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toMatch(/orders answers 903\n/);
    expect(api.changes()).toEqual([]);
    const names = functions.list().map(({ name }) => name);
    expect([...api.downloads].sort()).toEqual(names.sort());
  });

  test('names all that is not as declared, and makes no smoke call', async () => {
    spoil(await deployed());
    const run = await deploy('verify');
    expect(run.status).toBe(1);
    for (const line of [
      /^collection tokens has no index expiresAt\.$/m,
      /^collection orders is READONLY and not ADMINONLY\.$/m,
      /^collection logins is not there\.$/m,
      /^gettoken has the code \w{12} and not \w{12}, has the memory 128 and not 256, holds \.env, which was not built\.$/m,
      /^cleartokens has the timer hourly \(0 0 .*, disabled\) and not hourly \(0 0 .*\)\.$/m,
      /^orders is not there\.$/m,
    ]) {
      expect(run.stderr).toMatch(line);
    }
    expect(api.calls.map(({ action }) => action)).not.toContain('Invoke');
    expect(api.changes()).toEqual([]);
  });

  test('says so where a project has no smoke calls', async () => {
    await deployed();
    const file = path.join(project.root, 'cloudfunctions/smoke.json');
    const run = await without(file, () => deploy('verify'));
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('no smoke calls');
    expect(api.calls.map(({ action }) => action)).not.toContain('Invoke');
  });

  test('is red for functions that do not answer as they must', async () => {
    const { functions } = await deployed();
    changeLive(functions.get('gettoken'), {}, '');
    const odd = { 'index.js': 'exports.main = async () => ({ hello: 1 });' };
    changeLive(functions.get('orders'), odd, '');
    const run = await deploy('verify');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/^gettoken answers 500 and not 401/m);
    expect(run.stderr).toMatch(/^orders answers something without a code and not 903/m);
  });
});

test.each([[[]], [['database', 'functions']]])(
  'a function whose folder is incomplete is refused before the database is changed: deploy %s',
  async (steps) => {
    api = await startCloudApi();
    const [config] = await readFunctions(project.root);
    const file = path.join(config?.folder ?? '', 'config.json');
    const run = await without(file, () => deploy(...steps));
    expect(run.status).toBe(1);
    expect(run.stderr).toContain(`${file} is missing`);
    expect(api.changes()).toEqual([]);
  },
);

test('what no deployment can change is refused before the first change', async () => {
  const environment = await deployed();
  const index = indexOn('expiresAt', false, [{ field: 'createdAt', direction: 1 }]);
  collection(environment, 'tokens').indexes.set('expiresAt', index);
  environment.collections.delete('logins');
  Object.assign(environment.functions.get('gettoken'), { runtime: 'Nodejs18.15' });
  environment.functions.delete('orders');

  const run = await deploy('database', 'functions');

  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(
    /^The index expiresAt of tokens is \(createdAt 1\) in the cloud and \(expiresAt 1\) in .*Remove it in the console/,
  );
  expect(run.stderr).toMatch(
    /^gettoken runs on Nodejs18\.15 and not Nodejs24\.11.*tcb fn delete gettoken -e test-1`/m,
  );
  expect(run.stderr).toMatch(/^Nothing was changed\.$/m);
  expect(api.changes()).toEqual([]);

  // A step that it is no part of goes on.
  environment.functions.delete('gettoken');
  expect(await deploy('database', '--dry-run')).toMatchObject({ status: 1 });
  expect(await deploy('functions', '--dry-run')).toMatchObject({ status: 0 });
});

test('what somebody changed is corrected, also with a key that was given for a while', async () => {
  const { functions } = await deployed({ token: 'tokenOfAKeyForAWhile' });
  const { triggers } = functions.get('cleartokens');
  for (const name of ['hourly', 'daily']) triggers.set(name, timerAt(name, '0 0 0 * * * *'));
  const gettoken = functions.get('gettoken');
  const { settings } = gettoken.deployed;
  const changes = { timeout: 3, variables: [{ Key: 'TOKEN_SALT', Value: 'another' }] };
  gettoken.deployed = { code: strToU8('no zip'), settings: { ...settings, ...changes } };

  const verified = await deploy('verify');
  expect(verified.status).toBe(1);
  expect(verified.stderr).toMatch(
    /^gettoken has the code \w{12} and not \w{12}, has the timeout 3 and not 10, holds a package that is no zip file, .*, has another TOKEN_SALT, has another WX_APP_SECRET\.$/m,
  );
  expect(verified.stderr).toContain(
    '\ncleartokens has the timer daily (0 0 0 * * * *), hourly (0 0 0 * * * *) and not hourly (0 0 * * * * *).\n' +
      '`npm run deploy` puts right what can be put right.\n',
  );
  const before = api.downloads.length;
  const run = await deploy();
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toContain('test-1: 2 changes, verified.');
  expect(since(api, 0)).toEqual([
    'UpdateFunctionCode gettoken',
    'UpdateFunctionConfiguration gettoken',
    'DeleteTrigger cleartokens',
    'DeleteTrigger cleartokens',
    'BatchCreateTrigger cleartokens',
  ]);
  const downloads = api.downloads.slice(before);
  // Once more for an upload, to see what it came to.
  for (const { name } of functions.list()) {
    const times = downloads.filter((each) => each === name).length;
    expect([name, times]).toEqual([name, name === 'gettoken' ? 3 : 2]);
  }
});

test('a timer that is disabled is enabled again', async () => {
  disableTimer(await deployed());
  expect(await deploy('functions', 'verify')).toMatchObject({ status: 0, stderr: '' });
  expect(since(api, 0)).toEqual(['DeleteTrigger cleartokens', 'BatchCreateTrigger cleartokens']);
});

test('finds a collection that more than 100 others come before', async () => {
  const { collections } = await deployed();
  const declared = [...collections];
  collections.clear();
  for (let i = 0; i < 120; i += 1) {
    collections.set(`other${i}`, { indexes: new Map(), permission: 'PRIVATE' });
  }
  for (const [name, found] of declared) collections.set(name, found);
  const run = await deploy('database');
  expect(run).toMatchObject({ status: 0, stderr: '' });
  expect(run.stdout).toContain('nothing must be changed');
  expect(api.calls.map(({ action }) => action)).not.toContain('CreateTable');
  expect(api.changes()).toEqual([]);
});

test('settings of a mode and of the environment reach the function, whatever characters they hold', async () => {
  const { functions } = await deployed();
  const odd = `#1 $HOME '&<=>\` 中文 $& %20`;
  const salt = `Salt ${odd}`;
  const appSecret = `Secret ${odd}`;
  await writeSettings(project, '.env.prod', { TOKEN_SALT: `"${salt}"`, TOKEN_MAX_LIVE: '3' });
  const run = await runDeploy(project, api, ['functions', 'verify', '--mode', 'prod'], {
    environment: { WX_APP_SECRET: appSecret, TOKEN_MAX_LIVE: '4' },
    secrets: [salt, appSecret],
  });
  expect(run).toMatchObject({ status: 0, stderr: '' });
  const { variables } = functions.get('gettoken').deployed.settings;
  expect(Object.fromEntries(variables.map(({ Key, Value }) => [Key, Value]))).toMatchObject({
    TOKEN_SALT: salt,
    WX_APP_SECRET: appSecret,
    TOKEN_MAX_LIVE: '4',
  });
});

describe('a login with the older names', () => {
  const token = 'tokenOfAnOlderLogin';
  const write = (tmpToken: string) => {
    const { secretId, secretKey } = api;
    const older = { tmpSecretId: secretId, tmpSecretKey: secretKey, tmpToken };
    const credential = { ...older, tmpExpired: Date.now() + 7_200_000 };
    const file = path.join(api.home, '.config/.cloudbase/auth.json');
    return writeFile(file, JSON.stringify({ credential }));
  };

  test('is used, with its token', async () => {
    api = await startCloudApi({ token });
    await write(token);
    expect(await deploy('check')).toMatchObject({ status: 0, stderr: '' });
    expect(api.calls.map(({ action }) => action)).toContain('DescribeEnvs');
  });

  test('whose token is not good any longer is refused', async () => {
    api = await startCloudApi({ token });
    await write('another');
    const run = await deploy('check');
    expect(run.status).toBe(1);
    expect(run.stderr).toMatch(/AuthFailure\.TokenFailure.*Log in again: `npx tcb login`\./);
  });
});

test.each<[string, (environment: Environment) => void, RegExp]>([
  [
    'is not in order',
    (environment) => {
      environment.status = 'UNAVAILABLE';
    },
    /^The environment test-1 is UNAVAILABLE: see to it in the console, and run this again\.\n$/,
  ],
  [
    'has no database',
    (environment) => {
      environment.hasDatabase = false;
    },
    /^The environment test-1 has no document database yet: open 数据库 in the console once, and run this again\.\n$/,
  ],
])('an environment that %s is refused, with a way on', async (_, spoil, message) => {
  spoil(await deployed());
  const run = await deploy('check', 'database', 'functions');
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(message);
  expect(api.changes()).toEqual([]);
});

test('a salt in a malformed line of .env is refused before anything is sent, and not told', async () => {
  api = await startCloudApi();
  await writeFile(
    path.join(project.root, '.env'),
    `ENV_ID=test-1\nTOKEN_SALT: ${settings.TOKEN_SALT}\n`,
  );
  const run = await deploy('check');
  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/TOKEN_SALT is not set|\.env: .*is not a setting/);
  expect(api.calls).toEqual([]);
});

describe('SIGTERM', () => {
  /** Deploys until a call of this action is held, which is never answered, and ends the process then. */
  async function interrupt(held: string, spoil: (environment: Environment) => void) {
    let reached = (): void => undefined;
    const holding = new Promise<void>((resolve) => (reached = resolve));
    const environment = await deployed({
      onCall: ({ action }) => {
        if (action === held) reached();
      },
    });
    spoil(environment);
    api.fail({ action: held, function: 'gettoken' }, 'hang');
    const run = await runDeploy(project, api, ['functions'], {
      started: (child) => void holding.then(() => child.kill('SIGTERM')),
    });
    expect(run.status).toBe(143);
    expect(run.stderr).toMatch(/^Interrupted\b[^\n]*\n$/);
    // No process goes on without it.
    await api.idle();
    expect(api.changes()).toEqual([]);
    const left = await readdir(path.join(api.home, 'tmp'));
    // tsx keeps what it compiled.
    expect(left.filter((name) => !name.startsWith('tsx-'))).toEqual([]);
  }

  // Each ends sooner than a client gives up by itself, which is after a minute.
  test('ends a deployment that waits for the CLI, and the CLI; nothing is changed any more', async () => {
    await interrupt('CreateFunction', (environment) => {
      // What it would go on to: another upload, and a timer.
      for (const name of ['gettoken', 'orders']) environment.functions.delete(name);
      disableTimer(environment);
    });
  }, 30_000);

  test('ends a deployment that waits for the cloud; nothing is changed any more', async () => {
    await interrupt('GetFunction', disableTimer);
  }, 30_000);
});
