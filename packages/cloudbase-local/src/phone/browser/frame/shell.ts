import { onPhoneMessage, tellPhone } from '../messages';
import { phoneStorage } from '../storage';
import { keepClock } from './clock';
import { element } from './element';
import { forgetToken } from './forget';
import { rememberUser, whoIsCalling } from './users';

const phone = element('.phone', HTMLElement);
const title = element('.navigation-title', HTMLElement);
const screen = element('.screen', HTMLIFrameElement);
const said = element('.said', HTMLElement);
const pull = element('[data-action=pull]', HTMLButtonElement);

const say = (text: string): void => {
  said.textContent = text;
};

/** Whether the frame has shown what it was last asked to, be it the browser's own page of an unreachable server. */
let loaded = false;
/** Whether the server told of its sources while the frame was loading. */
let toldMeanwhile = false;

function openPhone(): void {
  loaded = false;
  toldMeanwhile = false;
  pull.disabled = true;
  screen.src = `/phone?openid=${encodeURIComponent(whoIsCalling())}`;
}

function on(action: string, run: () => void): void {
  element(`[data-action=${action}]`, HTMLButtonElement).addEventListener('click', run);
}

/**
 * A phone that shows other sources than the newest opens again; so does one whose server was started anew, and one
 * that found no server, when there is one.
 */
function followSources(): void {
  let newest: unknown;
  const shown = (): string | undefined =>
    screen.contentDocument?.querySelector('html')?.dataset['version'];
  new EventSource('/preview/events').addEventListener('version', ({ data }) => {
    newest = data;
    if (!loaded) toldMeanwhile = true;
    else if (shown() !== newest) openPhone();
  });
  screen.addEventListener('load', () => {
    loaded = true;
    if (toldMeanwhile && shown() !== newest) openPhone();
  });
}

on('forget', () => void forgetToken(whoIsCalling()).then(say));
on('clear', () => {
  phoneStorage(whoIsCalling()).clear();
  openPhone();
  say('缓存已清空，小程序像第一次打开一样。');
});
on('pull', () => {
  tellPhone(screen.contentWindow, { kind: 'pull-down' });
});
rememberUser((nickname) => {
  openPhone();
  say(`现在是${nickname}在用手机。`);
});
onPhoneMessage((message) => {
  if (message.kind === 'refreshable') {
    pull.disabled = !message.enabled;
    return;
  }
  title.textContent = message.title;
  phone.style.setProperty('--bar', message.background);
  phone.dataset['text'] = message.text;
});
keepClock(element('.clock', HTMLElement));
openPhone();
followSources();
