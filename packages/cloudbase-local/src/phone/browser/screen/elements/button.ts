import { MiniElement } from './mini-element';
import { formAround } from './form';
import { strangers } from './strangers';

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/button.html */
export class Button extends MiniElement {
  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = 'button';
    this.reflectDisabled();
  }

  protected override listen(): void {
    this.onTap(() => {
      this.activate();
    });
  }

  /** What a tap does, besides what the page does at it. A label taps too. */
  activate(): void {
    if (this.hasAttribute('disabled')) return;
    const form = formAround(this);
    if (this.text('form-type') === 'submit') form?.submit();
    if (this.text('form-type') === 'reset') form?.reset();
    const answer = strangers[this.text('open-type')];
    if (answer) this.tell(answer.event, answer.detail());
  }

  protected override changed(name: string): void {
    if (name === 'disabled') this.reflectDisabled();
  }

  private reflectDisabled(): void {
    const disabled = this.hasAttribute('disabled');
    this.tabIndex = disabled ? -1 : 0;
    this.ariaDisabled = String(disabled);
  }
}
