import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type * as Simulate from 'miniprogram-simulate';
import type { Rendered } from 'miniprogram-simulate';
import type { Cloud } from './cloud';

declare const document: { body: object };
declare const wx: object;

/** What a test sees of a component or a page. The selectors of a path lead through nested components. */
export interface View {
  /** Taps the first element at the end of the path. */
  readonly tap: (...selectors: string[]) => void;
  /** All that is to be read at the end of the path; empty if nothing is there. */
  readonly text: (...selectors: string[]) => string;
  /** The same, for each element. */
  readonly texts: (...selectors: string[]) => string[];
  /** What came with each event of this name that the component has triggered from now on. */
  readonly events: (name: string) => unknown[];
  /** For what the lines above cannot say. */
  readonly find: (...selectors: string[]) => Rendered[];
  readonly rendered: Rendered;
}

/** Lets everything that has happened reach the screen. */
export async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 30; rounds += 1) await turn();
}

/** A phone's storage, which outlives a launch of the mini program. */
export type Storage = Map<string, string>;

const root = path.resolve(__dirname, '../../miniprogram');

/**
 * Renders one component alone.
 *
 * @param component - From `miniprogram/`, such as `components/order-item/index`.
 */
export function renderComponent(component: string, properties: object = {}): View {
  return render(component, properties);
}

/**
 * Launches the mini program afresh and opens one of its pages: the shipped sources with the real session, over a
 * stubbed `wx`.
 *
 * @param page - From `miniprogram/`, such as `pages/orders/index`.
 * @param api - More of `wx` than the cloud and the storage.
 */
export function openPage(
  page: string,
  cloud: Cloud,
  storage: Storage = new Map(),
  api: object = {},
): View {
  // Loads the `wx` that is stubbed here.
  jest.requireActual('miniprogram-simulate');
  Object.assign(wx, {
    cloud,
    login: ({ complete }: { complete: (result: object) => void }): void => {
      complete({ code: 'a-login-code' });
    },
    // What lies in a phone's storage is a copy; an empty string when there is nothing.
    getStorageSync: (key: string): unknown => JSON.parse(storage.get(key) ?? '""'),
    setStorageSync: (key: string, value: unknown) => void storage.set(key, JSON.stringify(value)),
    removeStorageSync: (key: string) => void storage.delete(key),
    ...api,
  });
  const view = render(page);
  // As WeChat does; miniprogram-simulate takes a page for a component.
  view.rendered.instance.onLoad?.({});
  return view;
}

function render(component: string, properties?: object): View {
  const simulate = jest.requireActual<typeof Simulate>('miniprogram-simulate');
  let id = '';
  // The modules of the mini program are loaded afresh; those that render it, which takes longer, are not.
  jest.isolateModules(() => {
    id = simulate.load(path.join(root, component), 'main', { rootPath: root });
  });
  const rendered = simulate.render(id, properties);
  rendered.attach(document.body);

  const find = (...selectors: string[]): Rendered[] =>
    selectors.reduce<Rendered[]>(
      (found, selector) => found.flatMap((part) => part.querySelectorAll(selector)),
      [rendered],
    );
  const texts = (...selectors: string[]): string[] =>
    find(...selectors).map(({ dom }) => dom.textContent);
  return {
    rendered,
    find,
    texts,
    text: (...selectors) => texts(...selectors).join('\n'),
    tap(...selectors) {
      const [target] = find(...selectors);
      if (!target) throw new Error(`nothing to tap at ${selectors.join(' ')}`);
      target.dispatchEvent('tap');
    },
    events(name) {
      const details: unknown[] = [];
      rendered.addEventListener(name, ({ detail }) => details.push(detail));
      return details;
    },
  };
}
