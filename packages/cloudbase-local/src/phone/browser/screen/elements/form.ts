import { MiniElement } from './mini-element';

/** A built-in component whose value a form sends. */
export interface FormField {
  /** Under which name the form sends it; empty for none. */
  readonly fieldName: string;
  formValue(): unknown;
  resetValue(): void;
}

function isField(element: Element): element is MiniElement & FormField {
  return element instanceof MiniElement && 'formValue' in element && 'resetValue' in element;
}

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/form.html */
export class Form extends MiniElement {
  submit(): void {
    const named = this.fields().filter((field) => field.fieldName !== '');
    const value = Object.fromEntries(named.map((field) => [field.fieldName, field.formValue()]));
    this.tell('submit', { value, target: {} }, { bubbles: true });
  }

  reset(): void {
    for (const field of this.fields()) field.resetValue();
    this.tell('reset', { target: {} }, { bubbles: true });
  }

  private fields(): (MiniElement & FormField)[] {
    return [...this.querySelectorAll('*')].filter(isField);
  }
}

/** The form that an element is in. */
export function formAround(element: Element): Form | undefined {
  const found = element.closest('wx-form');
  return found instanceof Form ? found : undefined;
}
