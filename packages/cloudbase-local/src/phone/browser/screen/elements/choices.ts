import type * as glassEasel from 'glass-easel';
import type { FormField } from './form';
import { MiniElement } from './mini-element';

/** What can be on or off: `checkbox`, `radio` and `switch`. */
abstract class Choice extends MiniElement {
  private on = false;

  protected abstract readonly kind: string;

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = this.kind;
    this.show();
  }

  protected override listen(): void {
    this.onTap(() => {
      this.activate();
    });
  }

  get checked(): boolean {
    return this.on;
  }

  set checked(on: boolean) {
    if (this.on !== on) this.tellModel('checked', on);
    this.on = on;
    this.show();
  }

  get value(): string {
    return this.text('value');
  }

  /** A tap on it, or on its label. */
  activate(): void {
    if (!this.isOn('disabled')) this.toggle();
  }

  protected abstract toggle(): void;

  protected override changed(name: string): void {
    if (name === 'checked') {
      this.on = this.isOn('checked');
      this.show();
    }
    if (name === 'color') this.style.setProperty('--chosen', this.text('color'));
    if (name === 'disabled') this.ariaDisabled = String(this.isOn('disabled'));
  }

  private show(): void {
    this.ariaChecked = String(this.on);
  }
}

const mark = `
  :host { display: inline-flex; align-items: center; gap: 5px; vertical-align: middle; cursor: pointer; }
  .mark {
    flex: none; box-sizing: border-box; width: 22px; height: 22px; border: 1px solid #8a8a8a; border-radius: 4px;
    background: #fff; color: transparent;
  }
  :host(wx-radio) .mark { border-radius: 50%; }
  :host([aria-checked='true']) .mark {
    border-color: var(--chosen, #09bb07); background: var(--chosen, #09bb07); color: #fff;
  }
  :host([aria-disabled='true']) { opacity: 0.5; }
  path { fill: none; stroke: currentColor; stroke-width: 2; }
`;

function markWithSlot(): HTMLTemplateElement {
  const template = document.createElement('template');
  template.innerHTML =
    '<svg class="mark" viewBox="0 0 22 22"><path d="m6 11 4 4 7-8" /></svg><slot></slot>';
  return template;
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/checkbox.html */
export class Checkbox extends Choice {
  protected override readonly kind = 'checkbox';

  constructor() {
    super();
    this.inside(mark, markWithSlot().content);
  }

  protected override toggle(): void {
    this.checked = !this.checked;
    groupAround(this, CheckboxGroup)?.tellChange();
  }
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/radio.html */
export class Radio extends Choice {
  protected override readonly kind = 'radio';

  constructor() {
    super();
    this.inside(mark, markWithSlot().content);
  }

  protected override toggle(): void {
    if (this.checked) return;
    const group = groupAround(this, RadioGroup);
    for (const other of group?.choices() ?? []) other.checked = false;
    this.checked = true;
    group?.tellChange();
  }
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/switch.html */
export class Switch extends Choice implements FormField {
  protected override readonly kind = 'switch';

  constructor() {
    super();
    this.inside(`
      :host { display: inline-block; vertical-align: middle; cursor: pointer; }
      .track {
        display: block; position: relative; width: 52px; height: 32px; border-radius: 16px;
        background: #767676; transition: background 0.2s;
      }
      .track::after {
        content: ''; position: absolute; top: 1px; left: 1px; width: 30px; height: 30px; border-radius: 15px;
        background: #fff; box-shadow: 0 1px 3px #0006; transition: translate 0.2s;
      }
      :host([aria-checked='true']) .track { background: var(--chosen, #04be02); }
      :host([aria-checked='true']) .track::after { translate: 20px; }
      :host([aria-disabled='true']) { opacity: 0.5; }
    `);
    const track = document.createElement('span');
    track.className = 'track';
    this.shadowRoot?.append(track);
  }

  formValue(): boolean {
    return this.checked;
  }

  resetValue(): void {
    this.checked = false;
  }

  protected override toggle(): void {
    this.checked = !this.checked;
    this.tell('change', { value: this.checked });
  }
}

abstract class Group<One extends Choice> extends MiniElement implements FormField {
  abstract choices(): One[];
  abstract formValue(): unknown;

  resetValue(): void {
    for (const choice of this.choices()) choice.checked = false;
  }

  tellChange(): void {
    this.tell('change', { value: this.formValue() });
  }

  protected within(tag: string): Element[] {
    return [...this.querySelectorAll(tag)];
  }
}

export class CheckboxGroup extends Group<Checkbox> {
  choices(): Checkbox[] {
    return this.within('wx-checkbox').filter((each) => each instanceof Checkbox);
  }

  formValue(): string[] {
    return this.choices()
      .filter(({ checked }) => checked)
      .map(({ value }) => value);
  }
}

export class RadioGroup extends Group<Radio> {
  choices(): Radio[] {
    return this.within('wx-radio').filter((each) => each instanceof Radio);
  }

  formValue(): string {
    return this.choices().find(({ checked }) => checked)?.value ?? '';
  }
}

function groupAround<Kind extends Element>(
  element: Element,
  kind: abstract new () => Kind,
): Kind | undefined {
  const found = element.closest('wx-checkbox-group, wx-radio-group');
  return found instanceof kind ? found : undefined;
}

/** What a label can stand for. */
const labelled = 'wx-checkbox, wx-radio, wx-switch, wx-button, wx-input, wx-textarea';

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/label.html */
export class Label extends MiniElement {
  protected override listen(): void {
    this.onTap((event) => {
      const target =
        this.text('for') === '' ? this.querySelector(labelled) : this.sibling(this.text('for'));
      if (
        target &&
        !isWithin(event.target, target) &&
        'activate' in target &&
        typeof target.activate === 'function'
      )
        (target.activate as () => void).call(target);
    });
  }
}

/** Whether what was tapped is the control itself, which hears of it anyway. */
function isWithin(tapped: glassEasel.Element, control: Element): boolean {
  const element: unknown = tapped.getBackendElement();
  return element instanceof Node && control.contains(element);
}
