import type { OrdersRequest, OrdersSuccess } from '../../contract/index';
import { blank, type FeedChange, type FeedData } from '../../miniprogram/pages/orders/feed';
import { sampleOrder } from '../sample-order';

/** Orders numbered from 1 to `newest`; a cursor is the number of the last one given. */
export interface NumberedCloud {
  newest: number;
  answer(request: OrdersRequest): OrdersSuccess;
}

export function cloudOf(count: number): NumberedCloud {
  const cloud: NumberedCloud = {
    newest: count,
    answer({ limit = 20, cursor }) {
      const from = cursor === undefined ? cloud.newest : Number(cursor) - 1;
      const last = Math.max(from - limit, 0);
      const orders = Array.from({ length: from - last }, (_, at) => {
        const id = String(from - at);
        return sampleOrder(id, Number(id));
      });
      return { code: 1, orders, ...(last > 0 ? { nextCursor: String(last + 1) } : {}) };
    },
  };
  return cloud;
}

/** What `setData` makes of the changes: the page's data. */
export interface Screen {
  readonly data: FeedData;
  show: (change: FeedChange) => void;
  /** The numbers of the orders on show. */
  ids(): number[];
}

export function createScreen(): Screen {
  const data = structuredClone(blank);
  return {
    data,
    show: (change) => {
      const { length } = data.pages;
      const { [`pages[${length}]` as const]: appended, ...fields } = change;
      Object.assign(data, fields);
      if (appended) data.pages.push(appended);
    },
    ids: () => data.pages.flatMap(({ rows }) => rows.map(({ id }) => Number(id))),
  };
}
