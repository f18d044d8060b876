import { element } from './element';

const REMEMBERED = 'preview/openid';

const choices = (): HTMLInputElement[] => [
  ...document.querySelectorAll<HTMLInputElement>('.users input'),
];

/** The openid of the user who holds the phone. */
export function whoIsCalling(): string {
  return choices().find(({ checked }) => checked)?.value ?? '';
}

/** Keeps the choice of user across visits. */
export function rememberUser(onSwitch: (nickname: string) => void): void {
  const remembered = localStorage.getItem(REMEMBERED);
  for (const choice of choices()) {
    if (choice.value === remembered) choice.checked = true;
  }
  element('.users', HTMLFormElement).addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement)) return;
    localStorage.setItem(REMEMBERED, target.value);
    onSwitch(target.labels?.[0]?.textContent.trim() ?? '');
  });
}
