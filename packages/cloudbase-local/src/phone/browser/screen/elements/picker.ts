import type { FormField } from './form';
import { make, MiniElement } from './mini-element';

const style = `
  :host { display: block; position: relative; }
  .over {
    position: absolute; inset: 0; box-sizing: border-box; width: 100%; height: 100%; margin: 0; border: 0;
    opacity: 0; cursor: pointer;
  }
`;

const inputTypes: Readonly<Record<string, string>> = { time: 'time', date: 'date' };

/**
 * A picker of one value: the browser's own lies unseen over what the page shows.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/component/picker.html
 */
export class Picker extends MiniElement implements FormField {
  private over: HTMLSelectElement | HTMLInputElement | undefined;
  private chosen: string | number = '';

  constructor() {
    super();
    this.inside(style, make('slot'));
  }

  connectedCallback(): void {
    this.draw();
  }

  formValue(): string | number {
    return this.chosen;
  }

  resetValue(): void {
    this.changed('value');
  }

  protected override changed(name: string): void {
    if (name === 'value')
      this.chosen = this.mode() === 'selector' ? this.number('value', 0) : this.text('value');
    if (this.isConnected) this.draw();
  }

  private mode(): string {
    return this.text('mode') || 'selector';
  }

  private draw(): void {
    const mode = this.mode();
    const type = mode === 'selector' ? 'select' : inputTypes[mode];
    this.over?.remove();
    if (type === undefined) {
      console.error(`<picker mode="${mode}"> is not supported by the preview; use WeChat DevTools`);
      return;
    }
    const over = type === 'select' ? this.select() : this.input(type);
    over.className = 'over';
    over.ariaLabel = this.ariaLabel ?? this.textContent;
    over.disabled = this.isOn('disabled');
    over.addEventListener('change', () => {
      this.chosen = over instanceof HTMLSelectElement ? over.selectedIndex : over.value;
      this.tell('change', { value: this.chosen });
      this.tellModel('value', this.chosen);
    });
    over.addEventListener('keydown', (event) => {
      event.stopPropagation();
    });
    this.shadowRoot?.append(over);
    this.over = over;
  }

  private select(): HTMLSelectElement {
    const range = this.property('range');
    const key = this.text('range-key');
    const names = (Array.isArray(range) ? range : []).map((item: unknown) => nameOf(item, key));
    const select = make('select');
    select.append(...names.map((text) => make('option', { textContent: text })));
    select.selectedIndex = Number(this.chosen);
    return select;
  }

  private input(type: string): HTMLInputElement {
    const [min, max] = [this.text('start'), this.text('end')];
    const input = make('input', { type, min, max, value: String(this.chosen) });
    input.addEventListener('click', () => {
      input.showPicker();
    });
    return input;
  }
}

function nameOf(item: unknown, key: string): string {
  const fields =
    typeof item === 'object' && item !== null ? new Map(Object.entries(item)) : undefined;
  return String(fields?.get(key) ?? (fields ? '' : item));
}
