/** @jest-environment jsdom */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

declare const wx: object;
declare const document: { body: object };

/** What this test uses of miniprogram-simulate. Its own typings clash with Node's. */
interface Simulate {
  load(component: string, tag: string, options: { rootPath: string }): string;
  render(id: string): Page;
}

interface Page {
  readonly dom: { readonly textContent: string };
  readonly instance: { onLoad(): void };
  dispatchEvent(name: string): void;
  querySelector(selector: string): Page | undefined;
  attach(parent: object): void;
}

const project = path.resolve(__dirname, '../..');
let folder: string;

beforeEach(() => {
  // The steps of docs/session.md, in a folder that knows nothing of this project.
  folder = mkdtempSync(path.join(tmpdir(), 'latest-order-'));
  cpSync(path.join(project, 'examples/latest-order'), folder, { recursive: true });
  for (const taken of ['miniprogram/session', 'miniprogram/env.ts', 'contract/index.ts']) {
    cpSync(path.join(project, taken), path.join(folder, taken), { recursive: true });
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 30; rounds += 1) await turn();
}

async function open(callFunction: (call: { name: string }) => Promise<unknown>): Promise<Page> {
  jest.resetModules();
  const simulate = jest.requireActual<Simulate>('miniprogram-simulate');
  Object.assign(wx, {
    cloud: { callFunction },
    login: ({ complete }: { complete: (result: object) => void }) => {
      complete({});
    },
    getStorageSync: () => '',
    setStorageSync: () => undefined,
    removeStorageSync: () => undefined,
  });
  const rootPath = path.join(folder, 'miniprogram');
  const id = simulate.load(path.join(rootPath, 'pages/latest/index'), 'main', { rootPath });
  const page = simulate.render(id);
  page.attach(document.body);
  page.instance.onLoad();
  await settle();
  return page;
}

test('another mini program that took the session shows its newest order', async () => {
  const names: string[] = [];
  const page = await open(({ name }) => {
    names.push(name);
    return Promise.resolve({
      result:
        name === 'gettoken'
          ? { code: 1, token: 'token-1', expiresIn: 7200 }
          : { code: 1, orders: [{ id: '1', title: '红富士苹果', time: 1 }] },
    });
  });
  expect(names).toEqual(['gettoken', 'orders']);
  expect(page.dom.textContent).toBe('红富士苹果');
});

test('its errors have a name, and a tap tries again', async () => {
  let isUp = false;
  const page = await open(({ name }) => {
    if (!isUp && name === 'orders') return Promise.reject(new Error('request:fail'));
    return Promise.resolve({
      result: { code: 1, token: 'token-1', expiresIn: 7200, orders: [] },
    });
  });
  expect(page.dom.textContent).toBe('没有取到订单（CALL_FAILED），点按重试');
  isUp = true;
  page.querySelector('.latest')?.dispatchEvent('tap');
  await settle();
  expect(page.dom.textContent).toBe('还没有订单');
});
