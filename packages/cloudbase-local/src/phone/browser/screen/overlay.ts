export interface Toast {
  title: string;
  icon: string;
  /** Milliseconds. */
  duration: number;
}

export interface Dialog {
  title: string;
  content: string;
  showCancel: boolean;
  cancelText: string;
  confirmText: string;
}

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A short message over the page; a newer one takes its place. */
export function showToast({ title, icon, duration }: Toast): void {
  document.querySelector('.toast')?.remove();
  const toast = element('div', `toast toast-${icon}`, title);
  toast.role = 'status';
  document.body.append(toast);
  setTimeout(() => {
    toast.remove();
  }, duration);
}

/**
 * A question over the page.
 *
 * @returns whether the user confirmed
 */
export function showDialog(options: Dialog): Promise<boolean> {
  const dialog = document.createElement('dialog');
  dialog.className = 'modal';
  dialog.ariaLabel = options.title || options.content;
  const form = document.createElement('form');
  form.method = 'dialog';
  const confirm = element('button', 'confirm', options.confirmText);
  const cancel = element('button', 'cancel', options.cancelText);
  confirm.setAttribute('value', 'confirm');
  form.append(...(options.showCancel ? [cancel, confirm] : [confirm]));
  dialog.append(element('h2', 'title', options.title), element('p', 'content', options.content));
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'confirm');
    });
  });
}

/** The mini program's own code failed: shown over the page until it is dismissed. */
export function showFailure(message: string): void {
  document.querySelector('.failure')?.remove();
  const strip = element('div', 'failure', `运行出错：${message}`);
  strip.role = 'alert';
  const dismiss = element('button', 'dismiss', '关闭');
  dismiss.addEventListener('click', () => {
    strip.remove();
  });
  strip.append(dismiss);
  document.body.append(strip);
}
