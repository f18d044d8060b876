import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { invoke, repository } from './project';

jest.setTimeout(120_000);

const elsewhere = mkdtempSync(path.join(tmpdir(), 'cloudbase-local-'));
const installed = path.join(elsewhere, 'node_modules/cloudbase-local');
const npm = (cwd: string, ...args: string[]): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });

// What is packed is what was built: no script runs, since other tests use it meanwhile.
beforeAll(() => {
  const packed = path.resolve(__dirname, '..');
  const archive = npm(
    packed,
    'pack',
    '--ignore-scripts',
    '--silent',
    '--pack-destination',
    elsewhere,
  );
  writeFileSync(path.join(elsewhere, 'package.json'), '{"private":true}');
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--silent'];
  npm(elsewhere, 'install', ...quietly, path.join(elsewhere, archive.trim()));
});
afterAll(() => {
  rmSync(elsewhere, { recursive: true });
});

describe('The packed package, installed into an empty folder', () => {
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const command = path.join(installed, 'bin/cloudbase-local.js');
    const data = path.join(elsewhere, 'data');
    child = spawn(
      process.execPath,
      [command, repository, '--data', data, '--secret', 'TOKEN_SALT'],
      {
        cwd: elsewhere,
        env: { PATH: process.env['PATH'], PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    if (child.stdout === null) throw new Error('no output');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    url = /http:\/\/127\.0\.0\.1:\d+$/.exec(line)?.[0] ?? 'no URL';
  });
  afterAll(async () => {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  test("serves this repository's functions and its samples", async () => {
    const { result } = await invoke({ url }, 'gettoken');
    const { token } = result as { token: string };
    expect(await invoke({ url }, 'orders', { token, limit: 3 })).toMatchObject({
      result: { code: 1, orders: [{}, {}, {}] },
    });
  });

  test('shows the mini program on a phone alone, each part of the page answering', async () => {
    const page = await (await fetch(url)).text();
    expect(page).not.toContain('<aside');
    const screen = await (await fetch(`${url}/phone`)).text();
    const addresses = [page, screen].flatMap((text) =>
      [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, address]) => address ?? ''),
    );
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      const response = await fetch(url + address);
      expect([address, response.status]).toEqual([address, 200]);
      expect((await response.text()).length).toBeGreaterThan(1000);
    }
  });
});

test('Each door of the package loads, and has its types', () => {
  const { exports } = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
    exports: Record<string, { types: string; default: string }>;
  };
  for (const [door, { types, default: code }] of Object.entries(exports)) {
    expect([door, readFileSync(path.join(installed, types), 'utf8')]).toEqual([
      door,
      expect.stringContaining('export'),
    ]);
    const load =
      door === './panel'
        ? ['--check', path.join(installed, code)]
        : ['-e', `require('cloudbase-local${door.slice(1)}')`];
    execFileSync(process.execPath, load, { cwd: elsewhere });
  }
});

test('The package names nothing of this project', () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    // The SDKs are others' work, and talk of the salts of RSA.
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('sdks'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(50);
  const naming = files.filter((file) =>
    /gettoken|cleartokens|\borders\b|token-loop|_SALT/i.test(readFileSync(file, 'utf8')),
  );
  expect(naming).toEqual([]);
});
