import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
const program = path.join(folder, 'index.js');
beforeAll(() => {
  const probe = path.join(__dirname, 'left-out-probe.ts');
  execFileSync(process.execPath, ['--import', 'tsx', probe, program]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What the SDK, bundled without its left-out parts, says when it is used like that. */
function use(name: string): string {
  const { stdout } = spawnSync(process.execPath, [program, name], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      TENCENTCLOUD_RUNENV: 'SCF',
      TENCENTCLOUD_REGION: 'ap-shanghai',
      TENCENTCLOUD_SECRETID: 'id',
      TENCENTCLOUD_SECRETKEY: 'key',
      SCF_NAMESPACE: 'test-1',
      TCB_ENV: 'test-1',
      TCB_CONTEXT_KEYS: 'TCB_CONTEXT_CNFG',
      // Nobody listens there.
      TCB_CONTEXT_CNFG: JSON.stringify({ URL: 'http://127.0.0.1:1/admin?' }),
    },
  });
  return stdout;
}

describe('a part of the SDK that is left out of the functions', () => {
  test.each(['openapi', 'pay', 'openData'])('says so when %s is used', (name) => {
    expect(use(name)).toMatch(
      /^LEFT_OUT .* is left out of this function, see scripts\/leave-out\.ts/,
    );
  });

  test('is not missed by the database', () => {
    expect(use('database')).toMatch(/ECONNREFUSED/);
  });
});
