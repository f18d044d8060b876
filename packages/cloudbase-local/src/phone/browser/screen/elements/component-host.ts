import * as glassEasel from 'glass-easel';
import { isFormField } from '../definitions';
import type { FormField } from './form';
import { MiniElement } from './mini-element';

/** The element of a component of the mini program, which is a field of a form if it says so. */
export class ComponentHost extends MiniElement implements FormField {
  override get fieldName(): string {
    const { node } = this;
    const isField = glassEasel.Component.isComponent(node) && isFormField(node.is);
    const name = isField ? this.data('name') : undefined;
    return typeof name === 'string' ? name : '';
  }

  formValue(): unknown {
    return this.data('value');
  }

  resetValue(): void {
    /* a component empties itself when its page says so */
  }

  private data(name: string): unknown {
    const { node } = this;
    if (!glassEasel.Component.isComponent(node)) return undefined;
    const data: unknown = node.data;
    return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined;
  }
}
