import type { OrdersRequest, OrdersSuccess } from '../../../contract/index';
import { describeFailure, type Failure } from './failure';
import { toRow, type OrderRow } from './row';

const PAGE_SIZE = 20;
/** The most that `orders` gives in one answer. */
const LIMIT = 100;

/** What takes the place of the list, or the list. */
export type View =
  | { kind: 'first' }
  | { kind: 'loading' }
  | { kind: 'list' }
  | { kind: 'empty' }
  | { kind: 'error'; failure: Failure };

/** One answer's orders. */
export interface Page {
  /** Counts from 0: the key of the list. */
  number: number;
  rows: OrderRow[];
}

/** The foot of the list. */
export type More = 'idle' | 'loading' | 'failed' | 'end';

/** All that the page's template shows of the orders. */
export type FeedData = {
  view: View;
  /** One for each answer, so that a further page sends only its own rows to the view. */
  pages: Page[];
  more: More;
  /** What kept the next page from coming, while `more` is `failed`. */
  moreFailure: string;
  /** A load from the start is under way. */
  reloading: boolean;
  /** Why the last reload failed while older orders stay on show; empty when it did not. */
  notice: string;
};

/** Fields of {@link FeedData} that change; `pages[n]` is a path, as `setData` takes it. */
export type FeedChange = Partial<FeedData> & Record<`pages[${number}]`, Page>;

export interface Feed {
  /** Loads from the newest order on. A call during such a load does nothing but wait for it. */
  reload(): Promise<void>;
  /** Loads the page after the last one shown, unless a load is under way or there is none. */
  loadMore(): Promise<void>;
  /** The page is gone: whatever arrives from now on is dropped. */
  close(): void;
}

export const blank: FeedData = {
  view: { kind: 'first' },
  pages: [],
  more: 'idle',
  moreFailure: '',
  reloading: false,
  notice: '',
};

/** The list on show. A reload replaces the object, which tells answers to an older list apart. */
interface Shown {
  pages: number;
  rows: number;
  cursor: string | undefined;
  more: More;
}

/**
 * Loads orders page by page and says what changes on screen.
 *
 * @param ask - one call of `orders`
 * @param show - receives each change, in order
 */
export function createFeed(
  ask: (request: OrdersRequest) => Promise<OrdersSuccess>,
  show: (change: FeedChange) => void,
): Feed {
  let shown: Shown | undefined;
  let reloading: Promise<void> | undefined;
  let closed = false;
  let countdown = 0;

  function tell(change: FeedChange): void {
    if (!closed) show(change);
  }

  /** Asks for as many orders as are on show or on their way: a reload takes nothing from the user. */
  async function askAnew(): Promise<OrdersSuccess[]> {
    const coming = shown?.more === 'loading' ? PAGE_SIZE : 0;
    let wanted = Math.max((shown?.rows ?? 0) + coming, PAGE_SIZE);
    const answers: OrdersSuccess[] = [];
    for (let cursor: string | undefined; ;) {
      const limit = Math.min(wanted, LIMIT);
      const answer = await ask(cursor === undefined ? { limit } : { limit, cursor });
      answers.push(answer);
      wanted -= answer.orders.length;
      cursor = answer.nextCursor;
      if (wanted <= 0 || answer.orders.length === 0 || cursor === undefined) return answers;
    }
  }

  function replaceList(answers: OrdersSuccess[]): void {
    const pages = answers.map(({ orders }, number) => ({ number, rows: orders.map(toRow) }));
    const rows = pages.reduce((sum, page) => sum + page.rows.length, 0);
    const cursor = answers[answers.length - 1]?.nextCursor;
    const more = moreAfter(cursor);
    shown = { pages: pages.length, rows, cursor, more };
    tell({ view: { kind: rows === 0 ? 'empty' : 'list' }, pages, more, reloading: false });
  }

  function reportFailure(error: unknown): void {
    const failure = describeFailure(error);
    if (shown) tell({ notice: `${failure.heading}，${failure.detail}`, reloading: false });
    else tell({ view: { kind: 'error', failure }, reloading: false });
    // The seconds to wait count down before the eyes of the user.
    if (failure.wait && !closed) {
      countdown = setTimeout(() => {
        reportFailure(error);
      }, 1000);
    }
  }

  function appendPage(list: Shown, { orders, nextCursor }: OrdersSuccess): void {
    const change: FeedChange = { more: moreAfter(nextCursor) };
    change[`pages[${list.pages}]`] = { number: list.pages, rows: orders.map(toRow) };
    list.pages += 1;
    list.rows += orders.length;
    list.cursor = nextCursor;
    list.more = moreAfter(nextCursor);
    tell(change);
  }

  function reload(): Promise<void> {
    if (reloading) return reloading;
    clearTimeout(countdown);
    tell({ reloading: true, notice: '', ...(shown ? {} : { view: { kind: 'loading' } }) });
    reloading = askAnew()
      .then(replaceList, reportFailure)
      .then(() => {
        reloading = undefined;
      });
    return reloading;
  }

  async function loadMore(): Promise<void> {
    const list = shown;
    if (!list || reloading || list.more === 'loading' || list.cursor === undefined) return;
    list.more = 'loading';
    tell({ more: 'loading' });
    await ask({ limit: PAGE_SIZE, cursor: list.cursor }).then(
      (answer) => {
        if (shown === list) appendPage(list, answer);
      },
      (error: unknown) => {
        list.more = 'failed';
        const moreFailure = describeFailure(error).heading;
        if (shown === list) tell({ more: 'failed', moreFailure });
      },
    );
  }

  function close(): void {
    closed = true;
    clearTimeout(countdown);
  }

  return { reload, loadMore, close };
}

const moreAfter = (nextCursor: string | undefined): More =>
  nextCursor === undefined ? 'end' : 'idle';
