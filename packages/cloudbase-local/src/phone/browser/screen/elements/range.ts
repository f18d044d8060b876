import type { FormField } from './form';
import { make, MiniElement } from './mini-element';

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/slider.html */
export class Slider extends MiniElement implements FormField {
  private readonly input = make('input', { type: 'range' });
  private readonly shown = make('span');

  constructor() {
    super();
    const { input, shown } = this;
    this.inside(
      `:host { display: flex; align-items: center; gap: 10px; margin: 10px 18px; }
       input { flex: 1; min-width: 0; accent-color: var(--chosen, #1aad19); }
       span { color: #666; font-size: 14px; }`,
      input,
      shown,
    );
    input.addEventListener('input', () => {
      this.show();
      this.tell('changing', { value: this.formValue() });
    });
    input.addEventListener('change', () => {
      this.tell('change', { value: this.formValue() });
      this.tellModel('value', this.formValue());
    });
    input.addEventListener('keydown', (event) => {
      event.stopPropagation();
    });
  }

  formValue(): number {
    return Number(this.input.value);
  }

  resetValue(): void {
    this.input.value = this.text('min') || '0';
    this.show();
  }

  protected override changed(name: string): void {
    const { input } = this;
    if (name === 'activeColor' || name === 'active-color')
      this.style.setProperty('--chosen', this.text(name));
    if (name === 'aria-label') input.ariaLabel = this.ariaLabel;
    input.min = this.text('min') || '0';
    input.max = this.text('max') || '100';
    input.step = this.text('step') || '1';
    input.disabled = this.isOn('disabled');
    if (name === 'value') input.value = this.text('value');
    this.show();
  }

  private show(): void {
    this.shown.textContent = this.isOn('show-value') ? this.input.value : '';
  }
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/progress.html */
export class Progress extends MiniElement {
  private readonly bar = make('div', { className: 'bar' });
  private readonly shown = make('span');

  constructor() {
    super();
    const line = make('div', { className: 'line' });
    line.append(this.bar);
    this.inside(
      `:host { display: flex; align-items: center; gap: 10px; }
       .line { flex: 1; height: var(--width, 6px); background: var(--rest, #ebebeb); }
       .bar { width: 0; height: 100%; background: var(--chosen, #09bb07); }`,
      line,
      this.shown,
    );
  }

  connectedCallback(): void {
    this.role = 'progressbar';
    this.ariaLabel ??= '进度';
  }

  protected override changed(name: string): void {
    const percent = Math.min(Math.max(this.number('percent', 0), 0), 100);
    if (name === 'percent') {
      this.bar.style.width = `${percent}%`;
      this.ariaValueNow = String(percent);
    }
    const colour = this.text('activeColor') || this.text('color');
    if (colour !== '') this.style.setProperty('--chosen', colour);
    if (this.text('backgroundColor') !== '')
      this.style.setProperty('--rest', this.text('backgroundColor'));
    if (this.text('stroke-width') !== '')
      this.style.setProperty('--width', `${this.number('stroke-width', 6)}px`);
    this.shown.textContent = this.isOn('show-info') ? `${percent}%` : '';
  }
}
