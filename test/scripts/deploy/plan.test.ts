import type { DeclaredCollection } from 'cloudbase-local/project';
import type { DeclaredFunction } from '../../../scripts/deploy/declared-project';
import type { Seen } from '../../../scripts/deploy/look';
import type { SeenCollection } from '../../../scripts/deploy/look-at-collections';
import type { SeenFunction } from '../../../scripts/deploy/look-at-function';
import { describeChanges, describeFaults, makePlan } from '../../../scripts/deploy/plan';

const notes: DeclaredCollection = {
  name: 'notes',
  permission: 'ADMINONLY',
  indexes: [
    { name: 'byTime', unique: false, keys: [{ field: 'time', direction: -1 }] },
    {
      name: 'byUser',
      unique: true,
      keys: [
        { field: 'user', direction: 1 },
        { field: 'time', direction: 1 },
      ],
    },
  ],
};

const secret = 'secretThatNobodyMaySee';
const otherSecret = 'anotherSecretThatNobodyMaySee';

const write: DeclaredFunction = {
  config: {
    name: 'write',
    folder: '/project/cloudfunctions/write',
    file: '/project/cloudfunctions/write/index.js',
    handler: 'index.main',
    exportName: 'main',
    runtime: 'Nodejs24.11',
    timeoutSeconds: 10,
    memoryMegabytes: 256,
    environment: { SALT: '{{env.SALT}}', LIMIT: '{{env.LIMIT}}' },
    timers: [{ name: 'hourly', pattern: '0 0 * * * * *' }],
  },
  settings: new Map([
    ['SALT', secret],
    ['LIMIT', ''],
  ]),
  files: new Map([
    ['config.json', 'hash-of-config'],
    ['index.js', 'hash-of-index'],
  ]),
};

const seenNotes: SeenCollection = {
  permission: 'ADMINONLY',
  indexes: new Map([
    ['_id_', { unique: true, keys: [{ field: '_id', direction: '1' }] }],
    ['byTime', { unique: false, keys: [{ field: 'time', direction: '-1' }] }],
    [
      'byUser',
      {
        unique: true,
        keys: [
          { field: 'user', direction: '1' },
          { field: 'time', direction: '1' },
        ],
      },
    ],
  ]),
};

const seenWrite: SeenFunction = {
  status: 'Active',
  reason: '',
  runtime: 'Nodejs24.11',
  handler: 'index.main',
  timeoutSeconds: 10,
  memoryMegabytes: 256,
  timers: write.config.timers,
  settings: new Map([['SALT', secret]]),
  files: write.files,
};

const project = { collections: [notes], functions: [write] };
const empty: Seen = { envId: 'test-1', collections: new Map(), functions: new Map() };

const planCollection = (seen: Partial<SeenCollection>) =>
  makePlan(
    { collections: [notes], functions: [] },
    { ...empty, collections: new Map([['notes', { ...seenNotes, ...seen }]]) },
  );

const planFunction = (seen: Partial<SeenFunction>, declared = write) =>
  makePlan(
    { collections: [], functions: [declared] },
    { ...empty, functions: new Map([['write', { ...seenWrite, ...seen }]]) },
  );

describe('the plan', () => {
  test('is empty where all is as declared', () => {
    const seen: Seen = {
      envId: 'test-1',
      collections: new Map([['notes', seenNotes]]),
      functions: new Map([['write', seenWrite]]),
    };
    expect(describeFaults(makePlan(project, seen))).toEqual([]);
  });

  test('makes everything in an empty environment, a permission before what may fail after it', () => {
    const plan = makePlan(project, empty);
    expect(describeChanges(plan)).toEqual([
      'collection notes is not there → create',
      'collection notes is not ADMINONLY → set permission',
      'collection notes has no index byTime, byUser → create indexes',
      'write is not there → deploy',
    ]);
    expect(plan.conflicts).toEqual([]);
  });

  test('says nothing of what nobody declared', () => {
    const seen: Seen = {
      envId: 'test-1',
      collections: new Map([['other', seenNotes]]),
      functions: new Map([['other', seenWrite]]),
    };
    expect(describeFaults(makePlan({ collections: [], functions: [] }, seen))).toEqual([]);
  });
});

describe('the plan for a collection', () => {
  test('sets another permission', () => {
    expect(describeChanges(planCollection({ permission: 'READONLY' }))).toEqual([
      'collection notes is READONLY and not ADMINONLY → set permission',
    ]);
  });

  test('creates the indexes that are missing, and only those', () => {
    const indexes = new Map([...seenNotes.indexes].filter(([name]) => name !== 'byTime'));
    const plan = planCollection({ indexes });
    expect(describeChanges(plan)).toEqual([
      'collection notes has no index byTime → create indexes',
    ]);
    expect(plan.collections).toMatchObject([{ name: 'notes', indexes: [notes.indexes[0]] }]);
  });

  test.each([
    ['other keys', false, 'user', '-1', 'user -1'],
    ['another direction', false, 'time', '1', 'time 1'],
    ['a direction of another kind', false, 'time', '2dsphere', 'time 2dsphere'],
    ['unique values', true, 'time', '-1', 'time -1, unique'],
  ])('refuses an index of the same name with %s', (_, unique, field, direction, text) => {
    const other = { unique, keys: [{ field, direction }] };
    const plan = planCollection({ indexes: new Map([...seenNotes.indexes, ['byTime', other]]) });
    expect(plan.collections).toEqual([]);
    expect(plan.conflicts).toEqual([
      `The index byTime of notes is (${text}) in the cloud and (time -1) in database/collections.json. ` +
        'Remove it in the console (数据库 → 索引管理), and run this again.',
    ]);
    expect(describeFaults(plan)).toEqual(plan.conflicts);
  });
});

describe('the plan for a function', () => {
  const hash = expect.stringMatching(
    /^write has the code \w{12} and not \w{12}, holds \.env, which was not built → deploy$/,
  ) as unknown;

  test.each<[string, Partial<SeenFunction>, unknown]>([
    [
      'another handler',
      { handler: 'other.main' },
      'write has the handler other.main and not index.main → deploy',
    ],
    ['another timeout', { timeoutSeconds: 3 }, 'write has the timeout 3 and not 10 → deploy'],
    ['another memory', { memoryMegabytes: 128 }, 'write has the memory 128 and not 256 → deploy'],
    [
      'a setting of another value',
      { settings: new Map([['SALT', otherSecret]]) },
      'write has another SALT → deploy',
    ],
    ['no setting', { settings: new Map() }, 'write has another SALT → deploy'],
    [
      'a setting that must be empty',
      { settings: new Map([...write.settings, ['LIMIT', '3']]) },
      'write has another LIMIT → deploy',
    ],
    ['a file that was not built', { files: new Map([...write.files, ['.env', 'hash']]) }, hash],
    [
      'no timer',
      { timers: [] },
      'write has the timer none and not hourly (0 0 * * * * *) → set timers',
    ],
    [
      'a timer that is disabled',
      { timers: [{ name: 'hourly', pattern: '0 0 * * * * *, disabled' }] },
      'write has the timer hourly (0 0 * * * * *, disabled) and not hourly (0 0 * * * * *) → set timers',
    ],
    [
      'one timer more',
      { timers: [...write.config.timers, { name: 'daily', pattern: '0 0 0 * * * *' }] },
      'write has the timer daily (0 0 0 * * * *), hourly (0 0 * * * * *) and not hourly (0 0 * * * * *) → set timers',
    ],
    [
      'another timeout and no timer',
      { timeoutSeconds: 3, timers: [] },
      'write has the timeout 3 and not 10, has the timer none and not hourly (0 0 * * * * *) → deploy',
    ],
    [
      'a failed creation',
      { status: 'CreateFailed', reason: 'InternalError broken', files: new Map() },
      'write is CreateFailed (InternalError broken) and not Active → remove and deploy',
    ],
    [
      'a failed update',
      { status: 'UpdateFailed' },
      'write is UpdateFailed and not Active → deploy',
    ],
  ])('names %s, and no secret', (_, seen, line) => {
    const plan = planFunction(seen);
    expect(describeChanges(plan)).toEqual([line]);
    expect(plan.conflicts).toEqual([]);
    const texts = [...describeChanges(plan), ...describeFaults(plan)].join();
    expect(texts).not.toContain(secret);
    expect(texts).not.toContain(otherSecret);
  });

  test('names a variable that nobody declared where an upload would remove it', () => {
    const settings = new Map([...write.settings, ['ADDED', '1']]);
    expect(describeChanges(planFunction({ settings }))).toEqual([]);
    expect(describeChanges(planFunction({ settings, timers: [] }))).not.toContain('ADDED');
    expect(describeChanges(planFunction({ settings, timeoutSeconds: 3 }))).toEqual([
      'write has the timeout 3 and not 10, has ADDED, which an upload removes → deploy',
    ]);
    const plain = { ...write, settings: new Map<string, string>() };
    expect(describeChanges(planFunction({ settings, timeoutSeconds: 3 }, plain))).toEqual([
      'write has the timeout 3 and not 10 → deploy',
    ]);
  });

  test('refuses another runtime with a way on, and names what else is not as declared', () => {
    const plan = planFunction({ runtime: 'Nodejs18.15', timeoutSeconds: 3 });
    const conflict =
      'write runs on Nodejs18.15 and not Nodejs24.11, and no update changes that. ' +
      'Delete it (`npx tcb fn delete write -e test-1`), and run this again.';
    expect(plan.conflicts).toEqual([conflict]);
    expect(describeFaults(plan)).toEqual(['write has the timeout 3 and not 10.', conflict]);
  });
});
