import type { Cloud } from './cloud';
import { openPage, type Storage } from './render';

export { settle } from './render';
export type { Storage };

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

/** Launches the mini program afresh and opens its orders page. */
export function openOrdersPage(cloud: Cloud, storage: Storage = new Map()): OrdersPage {
  let pulls = 0;
  let late = 0;
  const {
    rendered: page,
    tap,
    text,
    texts,
    find,
  } = openPage('pages/orders/index', cloud, storage, {
    stopPullDownRefresh() {
      pulls = 0;
      return Promise.resolve();
    },
  });

  return {
    tap,
    text,
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
      for (const { instance } of [page, ...find('.call-log')]) {
        instance.setData = () => (late += 1);
      }
      page.detach();
    },
    panelChanges() {
      const changes: object[] = [];
      for (const { instance } of find('.call-log')) {
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
