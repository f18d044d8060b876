import { tellPhone, type FromPhone } from '../messages';
import { element } from './element';

type NavigationBar = Extract<FromPhone, { kind: 'navigation-bar' }>;
type TabBar = NonNullable<Extract<FromPhone, { kind: 'tab-bar' }>['bar']>;

/** The bars that WeChat draws around a page. */
export interface PhoneBars {
  showNavigation(bar: NavigationBar): void;
  showTabs(bar: TabBar | null): void;
}

/** @param screen gives the window that the mini program runs in */
export function openBars(screen: () => Window | null): PhoneBars {
  const phone = element('.phone', HTMLElement);
  const title = element('.navigation-title', HTMLElement);
  const back = element('.navigation-bar .back', HTMLButtonElement);
  const home = element('.navigation-bar .home', HTMLButtonElement);
  const tabs = element('.tab-bar', HTMLElement);
  back.addEventListener('click', () => {
    tellPhone(screen(), { kind: 'back' });
  });
  home.addEventListener('click', () => {
    tellPhone(screen(), { kind: 'home' });
  });
  return {
    showNavigation(bar) {
      title.textContent = bar.title;
      phone.style.setProperty('--bar', bar.background);
      phone.dataset['text'] = bar.text;
      phone.classList.toggle('own-navigation', bar.custom);
      phone.classList.toggle('loading', bar.loading);
      back.hidden = bar.custom || bar.button !== 'back';
      home.hidden = bar.custom || bar.button !== 'home';
    },
    showTabs(bar) {
      tabs.hidden = bar === null;
      phone.classList.toggle('has-tabs', bar !== null);
      if (bar === null) return;
      tabs.style.background = bar.background;
      tabs.dataset['border'] = bar.border;
      const focused = [...tabs.children].findIndex((tab) => tab === document.activeElement);
      tabs.replaceChildren(
        ...bar.items.map((item, index) =>
          tabOf(item, () => {
            tellPhone(screen(), { kind: 'tab', index });
          }),
        ),
      );
      const again = tabs.children[focused];
      if (again instanceof HTMLElement) again.focus();
    },
  };
}

function tabOf(item: TabBar['items'][number], onTap: () => void): HTMLElement {
  const tab = document.createElement('button');
  tab.type = 'button';
  tab.style.color = item.color;
  if (item.selected) tab.ariaCurrent = 'page';
  const shown = document.createElement('span');
  shown.className = 'icon';
  if (item.icon !== '') {
    const icon = document.createElement('img');
    icon.src = item.icon;
    icon.alt = '';
    shown.append(icon);
  }
  if (item.badge !== '' || item.dot) {
    const badge = document.createElement('b');
    badge.className = item.badge === '' ? 'dot' : 'badge';
    // WeChat shows no more than four characters of it.
    badge.textContent = item.badge.length > 4 ? '…' : item.badge;
    shown.append(badge);
  }
  const text = document.createElement('span');
  text.textContent = item.text;
  tab.append(shown, text);
  tab.addEventListener('click', onTap);
  return tab;
}
