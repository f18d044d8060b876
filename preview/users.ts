import type { Phone } from 'cloudbase-local/panel';

/** Shows who can hold the phone, and gives it to the chosen one. */
export function showUsers(phone: Phone, onSwitch: (nickname: string) => void): void {
  const choices = phone.users.map(({ openid, nickname }) => {
    const choice = document.createElement('input');
    choice.type = 'radio';
    choice.name = 'openid';
    choice.checked = openid === phone.holder();
    choice.addEventListener('change', () => {
      phone.giveTo(openid);
      onSwitch(nickname);
    });
    const name = document.createElement('span');
    name.textContent = nickname;
    const label = document.createElement('label');
    label.append(choice, name);
    return label;
  });
  document.querySelector('.choices')?.append(...choices);
}
