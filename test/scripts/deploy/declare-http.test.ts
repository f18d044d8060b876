import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFunctions } from 'cloudbase-local/project';
import { declareHttp } from '../../../scripts/deploy/declared-project';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'token-loop-routes-'));
});

afterEach(() => rm(root, { recursive: true }));

/** Declares one function, `write`. */
async function declare(isOn: boolean, ...routes: { path: string; target: string }[]) {
  const project = { functions: [{ name: 'write' }], gateway: { routes } };
  await writeFile(path.join(root, 'cloudbaserc.json'), JSON.stringify(project));
  return declareHttp(root, await readFunctions(root), isOn);
}

test('the declared routes are made or removed', async () => {
  const route = { path: '/api/write', target: 'function:write' };
  for (const isOn of [true, false]) {
    expect(await declare(isOn, route)).toMatchObject({
      isOn,
      routes: [{ path: '/api/write', functionName: 'write' }],
    });
  }
});

test('a project without routes has no HTTP access', async () => {
  expect(await declare(false)).toBeUndefined();
});

test.each([
  ['no routes to turn on', [], /^HTTP_ACCESS is on, and cloudbaserc\.json has no gateway\.routes/],
  [
    'a route to another function',
    [{ path: '/api/read', target: 'function:read' }],
    /^The route \/api\/read of cloudbaserc\.json leads to read, which is not one of its functions/,
  ],
])('%s is refused', async (_, routes, message) => {
  await expect(declare(true, ...routes)).rejects.toMatchObject({
    code: 'PROJECT',
    message: expect.stringMatching(message) as unknown,
  });
});
