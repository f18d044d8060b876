import { openPhone } from 'cloudbase-local/panel';
import { forgetToken } from './forget';
import { showUsers } from './users';

const phone = openPhone();

function buttonOf(action: string): HTMLButtonElement {
  const found = document.querySelector(`[data-action=${action}]`);
  if (found instanceof HTMLButtonElement) return found;
  throw new Error(`panel.html has no button ${action}`);
}

function report(text: string): void {
  const status = document.querySelector('.report');
  if (status) status.textContent = text;
}

buttonOf('forget').addEventListener('click', () => void forgetToken(phone).then(report));
buttonOf('clear').addEventListener('click', () => {
  phone.storage().clear();
  phone.reopen();
  report('缓存已清空，小程序像第一次打开一样。');
});
buttonOf('pull').addEventListener('click', () => {
  phone.pullDown();
});
phone.onRefreshable((refreshable) => {
  buttonOf('pull').disabled = !refreshable;
});
showUsers(phone, (nickname) => {
  report(`现在是${nickname}在用手机。`);
});
