import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFunctions } from 'cloudbase-local/project';
import { readSmokeCalls } from '../../../scripts/deploy/smoke-calls';

const repository = path.resolve(__dirname, '../../..');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'token-loop-smoke-'));
  await mkdir(path.join(root, 'cloudfunctions'));
});

afterEach(() => rm(root, { recursive: true }));

const read = async () => readSmokeCalls(root, await readFunctions(repository));
const write = (calls: unknown) =>
  writeFile(path.join(root, 'cloudfunctions/smoke.json'), JSON.stringify(calls));

test('this project has smoke calls', async () => {
  const functions = await readFunctions(repository);
  expect(await readSmokeCalls(repository, functions)).not.toEqual([]);
});

test('a project without the file has none', async () => {
  expect(await read()).toEqual([]);
});

test.each([
  [
    'a code that is no number',
    [{ function: 'gettoken', event: {}, code: '1' }],
    /malformed at 0\.code/,
  ],
  [
    'an event that is no object',
    [{ function: 'gettoken', event: 'x', code: 1 }],
    /malformed at 0\.event/,
  ],
  [
    'a function that is not declared',
    [{ function: 'other', event: {}, code: 1 }],
    /names other, which/,
  ],
])('%s is refused', async (_, calls, message) => {
  await write(calls);
  await expect(read()).rejects.toMatchObject({
    code: 'PROJECT',
    message: expect.stringMatching(message) as unknown,
  });
});
