export interface Toast {
  title: string;
  icon: string;
  /** Milliseconds; without it, until it is hidden. */
  duration?: number;
  /** Whether the page takes no taps meanwhile. */
  mask?: boolean;
}

export interface Dialog {
  title: string;
  content: string;
  showCancel: boolean;
  cancelText: string;
  confirmText: string;
  /** Whether the answer is a text. */
  editable: boolean;
  placeholderText: string;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A short message over the page; a newer one takes its place. */
export function showToast({ title, icon, duration, mask = false }: Toast): void {
  hideToast();
  const toast = element('div', `toast toast-${icon}`, title);
  toast.role = 'status';
  toast.classList.toggle('toast-mask', mask);
  document.body.append(toast);
  if (duration === undefined) return;
  setTimeout(() => {
    toast.remove();
  }, duration);
}

export function hideToast(): void {
  document.querySelector('.toast')?.remove();
}

/**
 * A question over the page.
 *
 * @returns whether the user confirmed, and what they wrote
 */
export async function showDialog(options: Dialog): Promise<{ confirm: boolean; text: string }> {
  const { dialog, closed } = openDialog('modal', options.title || options.content);
  const form = document.createElement('form');
  form.method = 'dialog';
  const text = document.createElement('input');
  text.className = 'content';
  text.value = options.content;
  text.placeholder = text.ariaLabel = options.placeholderText;
  const confirm = element('button', 'confirm', options.confirmText);
  const cancel = element('button', 'cancel', options.cancelText);
  confirm.setAttribute('value', 'confirm');
  form.append(...(options.showCancel ? [cancel, confirm] : [confirm]));
  dialog.append(element('h2', 'title', options.title));
  dialog.append(options.editable ? text : element('p', 'content', options.content), form);
  return { confirm: (await closed) === 'confirm', text: text.value };
}

/**
 * A choice at the bottom of the screen.
 *
 * @returns which was chosen; undefined if none was
 */
export async function showChoices(items: readonly string[]): Promise<number | undefined> {
  const { dialog, closed } = openDialog('sheet', '请选择');
  const form = document.createElement('form');
  form.method = 'dialog';
  for (const [index, item] of items.entries()) {
    const choice = element('button', 'choice', item);
    choice.setAttribute('value', String(index));
    form.append(choice);
  }
  form.append(element('button', 'cancel', '取消'));
  dialog.append(form);
  const chosen = await closed;
  return chosen === '' ? undefined : Number(chosen);
}

/** A picture over the whole screen, until it is tapped. */
export function showPicture(url: string): void {
  const { dialog } = openDialog('viewer', '图片');
  const picture = document.createElement('img');
  picture.src = url;
  picture.alt = '';
  const close = element('button', 'close', '关闭');
  dialog.append(picture, close);
  dialog.addEventListener('click', () => {
    dialog.close();
  });
}

function openDialog(
  className: string,
  label: string,
): { dialog: HTMLDialogElement; closed: Promise<string> } {
  const dialog = document.createElement('dialog');
  dialog.className = className;
  dialog.ariaLabel = label;
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise<string>((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
  return { dialog, closed };
}

/** The browser's own choice of files; none if the person turns away. */
export function chooseFiles(accept: string, multiple: boolean): Promise<File[]> {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept, multiple });
  return new Promise((resolve) => {
    input.addEventListener('change', () => {
      resolve([...(input.files ?? [])]);
    });
    input.addEventListener('cancel', () => {
      resolve([]);
    });
    input.click();
  });
}

/** The mini program's own code failed: shown over the page until it is dismissed. */
export function showFailure(message: string): void {
  showStrip('failure', 'alert', `运行出错：${message}`);
}

const missed = new Set<string>();

/** The mini program asked for what the preview has not. */
export function showUnsupported(name: string): void {
  missed.add(name);
  const names = [...missed].join('、');
  showStrip('unsupported', 'status', `预览里没有 ${names}。请用微信开发者工具。`, () => {
    missed.clear();
  });
}

function showStrip(kind: string, role: string, text: string, onDismiss?: () => void): void {
  document.querySelector(`.strip.${kind}`)?.remove();
  const strip = element('div', `strip ${kind}`, text);
  strip.role = role;
  const dismiss = element('button', 'dismiss', '关闭');
  dismiss.addEventListener('click', () => {
    strip.remove();
    onDismiss?.();
  });
  strip.append(dismiss);
  document.body.append(strip);
}
