import * as v from 'valibot';
import { openBars } from './frame/bars';
import { keepClock } from './frame/clock';
import { element } from './frame/element';
import { invoke, type InvokeAnswer } from './invoke';
import { onPhoneMessage, tellPhone } from './messages';
import { phoneStorage, type PhoneStorage } from './storage';

export type { InvokeAnswer, PhoneStorage };

/** Somebody who can hold the phone. */
export interface User {
  readonly openid: string;
  readonly nickname: string;
}

/** The phone of the page: what a panel beside it can do with it. */
export interface Phone {
  /** Who can hold it, as database/sample-users.json has them. */
  readonly users: readonly User[];
  /** The openid of the user who holds it; empty if there are no users. */
  holder(): string;
  /** Gives it to another user: the mini program opens anew. The browser keeps the choice. */
  giveTo(openid: string): void;
  /** What the mini program keeps on the holder's phone. */
  storage(): PhoneStorage;
  /** Opens the mini program anew. */
  reopen(): void;
  /** Refreshes the page on the screen, as if the holder had pulled it down. */
  pullDown(): void;
  /** Calls a cloud function as the holder. Never rejects. */
  invoke(name: string, data: unknown): Promise<InvokeAnswer>;
  /** Tells each time whether the page on the screen can be pulled down. */
  onRefreshable(listener: (refreshable: boolean) => void): void;
}

const kept = 'phone/holder';
const usersSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ openid: v.string(), nickname: v.string() })),
);

/** Opens the phone of this page; to be called once. */
export function openPhone(): Phone {
  const phone = element('.phone', HTMLElement);
  const users = v.parse(usersSchema, phone.dataset['users']);
  const remembered = users.find(({ openid }) => openid === localStorage.getItem(kept));
  let holder = (remembered ?? users[0])?.openid ?? '';
  const listeners: ((refreshable: boolean) => void)[] = [];
  const tellRefreshable = (refreshable: boolean): void => {
    for (const listener of listeners) listener(refreshable);
  };

  /** The page in front, which stays there when a source changes. */
  let front: string | null = null;
  const screen = openScreen((isAfterChange) => {
    tellRefreshable(false);
    const wanted = new URLSearchParams(location.search).get('page');
    const page = isAfterChange ? (front ?? wanted) : wanted;
    const query = { openid: holder, ...(page !== null && { page }) };
    return `/phone?${new URLSearchParams(query).toString()}`;
  });
  const bars = openBars(() => screen.window());
  onPhoneMessage((message) => {
    if (message.kind === 'refreshable') tellRefreshable(message.enabled);
    else if (message.kind === 'tab-bar') bars.showTabs(message.bar);
    else {
      front = message.address;
      bars.showNavigation(message);
    }
  });
  keepClock(element('.clock', HTMLElement));
  return {
    users,
    holder: () => holder,
    giveTo(openid) {
      holder = openid;
      localStorage.setItem(kept, openid);
      screen.reopen();
    },
    storage: () => phoneStorage(holder),
    reopen: () => {
      screen.reopen();
    },
    pullDown() {
      tellPhone(screen.window(), { kind: 'pull-down' });
    },
    invoke: (name, data) => invoke(name, data, holder),
    onRefreshable(listener) {
      listeners.push(listener);
    },
  };
}

interface Screen {
  reopen(): void;
  window(): Window | null;
}

/**
 * A screen that shows other sources than the newest opens again; so does one whose server was started anew, and one
 * that found no server, when there is one.
 *
 * @param address - Gives what the screen is to show, each time it opens, and is told whether sources changed.
 */
function openScreen(address: (isAfterChange: boolean) => string): Screen {
  const screen = element('.screen', HTMLIFrameElement);
  /** Whether the frame has shown what it was last asked to, be it the browser's own page of an unreachable server. */
  let loaded = false;
  /** Whether the server told of its sources while the frame was loading. */
  let toldMeanwhile = false;
  let newest: unknown;

  const open = (isAfterChange: boolean): void => {
    loaded = false;
    toldMeanwhile = false;
    screen.src = address(isAfterChange);
  };
  const shown = (): string | undefined =>
    screen.contentDocument?.querySelector('html')?.dataset['version'];
  new EventSource('/preview/events').addEventListener('version', ({ data }) => {
    newest = data;
    if (!loaded) toldMeanwhile = true;
    else if (shown() !== newest) open(true);
  });
  screen.addEventListener('load', () => {
    loaded = true;
    if (toldMeanwhile && shown() !== newest) open(true);
  });
  open(false);
  const reopen = (): void => {
    open(false);
  };
  return { reopen, window: () => screen.contentWindow };
}
