import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

jest.setTimeout(60_000);

const folder = mkdtempSync(path.join(tmpdir(), 'token-loop-'));
const program = path.join(folder, 'index.js');
const bundle = ['--import', 'tsx', path.join(__dirname, 'left-out-probe.ts'), program];
beforeAll(() => {
  execFileSync(process.execPath, bundle);
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
  test.each([
    'openapi',
    'pay',
    'openData',
    'ai',
    'uploadFile',
    'downloadFile',
    'models',
    'rdb',
    'createTicket',
    'watch',
  ])('says so when %s is used', (name) => {
    expect(use(name)).toMatch(
      /^LEFT_OUT .* is left out of this function, see scripts\/build\/leave-out\.ts/,
    );
  });

  test.each(['query', 'geo', 'update', 'aggregate', 'transaction', 'callFunction'])(
    'is not missed by %s',
    (name) => {
      expect(use(name)).toMatch(/ECONNREFUSED/);
    },
  );

  test('fails the build when the SDK no longer has it', () => {
    const { status, stderr } = spawnSync(process.execPath, [...bundle, 'no-such-package'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('no-such-package is to be left out, but nothing requires it');
    expect(status).toBe(1);
  });
});
