import type { FormField } from './form';
import { make, MiniElement } from './mini-element';

const style = `
  :host { display: block; cursor: auto; overflow: hidden; }
  .field {
    display: block; box-sizing: border-box; width: 100%; height: 100%; margin: 0; padding: 0; border: 0; outline: 0;
    background: none; color: inherit; font: inherit; line-height: inherit; letter-spacing: inherit;
    text-align: inherit; text-indent: inherit; resize: none;
  }
  .field::placeholder { color: var(--placeholder, #767676); opacity: 1; }
`;

const inputModes: Readonly<Record<string, string>> = {
  number: 'numeric',
  digit: 'decimal',
  idcard: 'text',
};

/** What `input` and `textarea` have in common. */
abstract class Field extends MiniElement implements FormField {
  private readonly field: HTMLInputElement | HTMLTextAreaElement;

  constructor(field: HTMLInputElement | HTMLTextAreaElement) {
    super();
    this.field = field;
    field.className = 'field';
    this.inside(style, field);
    field.addEventListener('input', () => {
      this.tellInput();
    });
    field.addEventListener('focus', () => {
      this.tell('focus', { value: field.value, height: 0 });
    });
    field.addEventListener('blur', () => {
      this.tell('blur', { value: field.value, cursor: field.value.length });
    });
    field.addEventListener('keydown', (event) => {
      // A key belongs to the field that has the focus; the page's taps do not hear of it.
      event.stopPropagation();
      if (event instanceof KeyboardEvent && event.key === 'Enter' && !event.isComposing)
        this.confirm(event);
    });
  }

  protected abstract confirm(event: KeyboardEvent): void;

  protected tellConfirm(): void {
    this.tell('confirm', { value: this.field.value });
  }

  connectedCallback(): void {
    if (this.isOn('focus') || this.isOn('auto-focus')) this.field.focus({ preventScroll: true });
  }

  formValue(): string {
    return this.field.value;
  }

  resetValue(): void {
    this.field.value = '';
    this.tellModel('value', '');
  }

  /** A label gives the focus. */
  activate(): void {
    this.field.focus();
  }

  protected override changed(name: string): void {
    const { field } = this;
    if (name === 'value' && field.value !== this.text('value')) field.value = this.text('value');
    if (name === 'placeholder') {
      field.placeholder = this.text('placeholder');
      field.ariaLabel = this.ariaLabel ?? this.text('placeholder');
    }
    if (name === 'aria-label') field.ariaLabel = this.ariaLabel;
    if (name === 'disabled') field.disabled = this.isOn('disabled');
    // Without it WeChat takes 140 characters; -1 is no limit.
    if (name === 'maxlength') {
      const most = this.number('maxlength', 140);
      if (most >= 0) field.maxLength = most;
      else field.removeAttribute('maxlength');
    }
    if (name === 'placeholder-style') {
      const [, colour] = /(?:^|;)\s*color\s*:\s*([^;]+)/.exec(this.text(name)) ?? [];
      if (colour !== undefined) this.style.setProperty('--placeholder', colour);
    }
    if (name === 'focus' && this.isConnected) {
      if (this.isOn('focus')) field.focus();
      else field.blur();
    }
    if (field instanceof HTMLInputElement && (name === 'type' || name === 'password')) {
      const type = this.text('type');
      field.type = this.isOn('password') || type === 'safe-password' ? 'password' : 'text';
      field.inputMode = inputModes[type] ?? 'text';
    }
  }

  /** A handler may return another text to stand there. */
  private tellInput(): void {
    const { field } = this;
    this.tellModel('value', field.value);
    const detail = { value: field.value, cursor: field.selectionStart ?? 0, keyCode: 0 };
    this.tell('input', detail, {
      onReturn: (returned) => {
        const text = typeof returned === 'string' ? returned : valueOf(returned);
        if (text === undefined) return;
        field.value = text;
        this.tellModel('value', text);
      },
    });
  }
}

function valueOf(returned: unknown): string | undefined {
  if (typeof returned !== 'object' || returned === null || !('value' in returned)) return undefined;
  return typeof returned.value === 'string' ? returned.value : undefined;
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/input.html */
export class Input extends Field {
  constructor() {
    super(make('input', { type: 'text', maxLength: 140, autocomplete: 'off' }));
  }

  protected override confirm(): void {
    this.tellConfirm();
  }
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/textarea.html */
export class Textarea extends Field {
  constructor() {
    super(make('textarea', { maxLength: 140, rows: 1 }));
  }

  protected override confirm(event: KeyboardEvent): void {
    if (this.text('confirm-type') === 'return' || this.text('confirm-type') === '') return;
    event.preventDefault();
    this.tellConfirm();
  }
}
