import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Cloud } from './cloud';

declare const document: { body: object };
declare const wx: object;

interface Rendered {
  readonly dom: { readonly textContent: string };
  readonly instance: {
    onPullDownRefresh(): Promise<void>;
    onReachBottom(): Promise<void>;
    setData: (change: object) => void;
  };
  dispatchEvent(name: string): void;
  querySelector(selector: string): Rendered | undefined;
  querySelectorAll(selector: string): Rendered[];
  triggerPageLifeTime(name: 'show' | 'hide'): void;
  attach(parent: object): void;
  detach(): void;
}

/** What these tests use of miniprogram-simulate. Its own typings clash with Node's. */
interface Simulate {
  load(component: string, tag: string, options: { rootPath: string }): string;
  render(id: string): Rendered;
}

/** The orders page as a user meets it. Selectors of a path lead through nested components. */
export interface OrdersPage {
  tap(...selectors: string[]): void;
  /** All that is to be read at the end of this path of selectors; empty when nothing is there. */
  text(...selectors: string[]): string;
  orderIds(): string[];
  /** Lines of the open 调用记录 panel from top to bottom: `orders 903`. */
  logged(): string[];
  pullDown(): void;
  reachBottom(): void;
  /** Whether the pull-down dots still turn. */
  pulling(): boolean;
  /** The user goes to another app and comes back; `meanwhile` happens in between. */
  background(meanwhile: () => void): void;
  leave(): void;
  /** What the panel tells its view from now on. */
  panelChanges(): object[];
  /** How often the page or its panel have changed their data after `leave`. */
  changesAfterLeaving(): number;
}

const root = path.resolve(__dirname, '../../miniprogram');

/** Lets everything that has been answered reach the screen. */
export async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 30; rounds += 1) await turn();
}

/** A phone's storage, which outlives a launch of the mini program. */
export type Storage = Map<string, string>;

function stubWx(cloud: Cloud, storage: Storage, onStopped: () => void): void {
  Object.assign(wx, {
    cloud,
    // What lies in a phone's storage is a copy; an empty string when there is nothing.
    getStorageSync: (key: string): unknown => JSON.parse(storage.get(key) ?? '""'),
    setStorageSync: (key: string, value: unknown) => void storage.set(key, JSON.stringify(value)),
    removeStorageSync: (key: string) => void storage.delete(key),
    stopPullDownRefresh: () => {
      onStopped();
      return Promise.resolve();
    },
  });
}

/**
 * Launches the mini program afresh and opens its orders page in miniprogram-simulate:
 * the shipped sources with the real session, over a stubbed `wx`.
 */
export function openOrdersPage(cloud: Cloud, storage: Storage = new Map()): OrdersPage {
  jest.resetModules();
  const simulate = jest.requireActual<Simulate>('miniprogram-simulate');
  let pulls = 0;
  let late = 0;
  stubWx(cloud, storage, () => (pulls = 0));
  const page = simulate.render(
    simulate.load(path.join(root, 'pages/orders/index'), 'main', { rootPath: root }),
  );
  page.attach(document.body);

  function find(selectors: string[]): Rendered[] {
    return selectors.reduce<Rendered[]>(
      (found, selector) => found.flatMap((part) => part.querySelectorAll(selector)),
      [page],
    );
  }

  function texts(...selectors: string[]): string[] {
    return find(selectors).map(({ dom }) => dom.textContent);
  }

  return {
    tap(...selectors) {
      const [target] = find(selectors);
      if (!target) throw new Error(`nothing to tap at ${selectors.join(' ')}`);
      target.dispatchEvent('tap');
    },
    text: (...selectors) => texts(...selectors).join('\n'),
    orderIds: () => texts('.order-list', '.order-item', '.id'),
    logged() {
      const names = texts('.call-log', '.name');
      return texts('.call-log', '.code').map((code, at) => `${names[at] ?? ''} ${code}`);
    },
    pullDown() {
      pulls += 1;
      void page.instance.onPullDownRefresh();
    },
    reachBottom() {
      void page.instance.onReachBottom();
    },
    pulling: () => pulls > 0,
    background(meanwhile) {
      page.triggerPageLifeTime('hide');
      meanwhile();
      page.triggerPageLifeTime('show');
    },
    leave() {
      for (const { instance } of [page, ...find(['.call-log'])]) {
        instance.setData = () => (late += 1);
      }
      page.detach();
    },
    panelChanges() {
      const changes: object[] = [];
      for (const { instance } of find(['.call-log'])) {
        const { setData } = instance;
        instance.setData = (change) => {
          changes.push(change);
          setData.call(instance, change);
        };
      }
      return changes;
    },
    changesAfterLeaving: () => late,
  };
}
