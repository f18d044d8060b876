import type * as glassEasel from 'glass-easel';
import { animate } from './animation';

/** What an event of a built-in component does on its way. */
interface EventOptions {
  bubbles?: boolean;
  /** Takes what each handler returns. */
  onReturn?: (returned: unknown) => void;
}

/**
 * An element of the mini program: tags become custom elements under the prefix `wx-`, so that `view` or `button`
 * never meet a browser's own, and attributes mean what they mean in WeChat.
 */
export class MiniElement extends HTMLElement {
  protected node?: glassEasel.Element;
  private readonly models = new Map<string, ((value: unknown) => void) | null>();

  /** The engine's element that this one shows. */
  belongTo(node: glassEasel.Element): void {
    this.node = node;
    this.listen();
  }

  get fieldName(): string {
    return this.text('name');
  }

  /** Where a built-in component listens to its own taps. */
  protected listen(): void {
    /* most do not */
  }

  protected onTap(listener: (event: glassEasel.ShadowedEvent<unknown>) => void): void {
    this.node?.addListener('tap', listener);
  }

  bindModel(name: string, listener: ((value: unknown) => void) | null): void {
    this.models.set(name, listener);
  }

  /** The value of a property as the template gave it, be it an object. */
  protected property(name: string): unknown {
    return this.node?.getAttribute(name) ?? undefined;
  }

  /** Whether a property is true; a bare attribute is. */
  protected isOn(name: string): boolean {
    return Boolean(this.property(name));
  }

  protected text(name: string): string {
    const value = this.property(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  }

  protected number(name: string, otherwise: number): number {
    const value = this.text(name);
    return value === '' || Number.isNaN(Number(value)) ? otherwise : Number(value);
  }

  /** Path of the component whose template this element is in. */
  protected get component(): string {
    return this.node?.ownerShadowRoot?.getHostNode().is ?? '';
  }

  /** Tells the mini program of something that happened here. */
  protected tell(
    type: string,
    detail: object,
    { bubbles = false, onReturn }: EventOptions = {},
  ): void {
    this.node?.triggerEvent(type, detail, {
      bubbles,
      composed: bubbles,
      ...(onReturn && { handleListenerReturn: onReturn }),
    });
  }

  /** A value that the user changed, where `model:` binds it. */
  protected tellModel(name: string, value: unknown): void {
    this.models.get(name)?.(value);
  }

  /** Finds an element by its id in the same template. */
  protected sibling(id: string): Element | undefined {
    const found = this.node?.ownerShadowRoot?.querySelector(`#${id}`);
    const backend: unknown = found?.getBackendElement();
    return backend instanceof Element ? backend : undefined;
  }

  /** A shadow tree of the component's own, styled by nobody else. */
  protected inside(style: string, ...content: (Node | string)[]): ShadowRoot {
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    root.append(...content);
    return root;
  }

  override setAttribute(name: string, value: string): void {
    if (name === 'style') this.style.cssText = value;
    else if (name.startsWith('aria-')) super.setAttribute(...ariaAttribute(name, value || 'true'));
    else super.setAttribute(name, value);
    if (name === 'animation') animate(this, this.property(name));
    this.changed(name);
  }

  override removeAttribute(name: string): void {
    if (name.startsWith('aria-')) super.setAttribute(...ariaAttribute(name, 'false'));
    else super.removeAttribute(name);
    this.changed(name);
  }

  /** A property has a new value. */
  // oxlint-disable-next-line typescript/no-unused-vars -- most look when they need it
  protected changed(name: string): void {
    /* nothing to keep up */
  }
}

/** WeChat writes the role as `aria-role`; a true or false there is a bare or a missing attribute here. */
function ariaAttribute(name: string, value: string): [string, string] {
  return name === 'aria-role' ? ['role', value] : [name, value];
}

/** An element of HTML, with properties. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<HTMLElementTagNameMap[Tag]> = {},
): HTMLElementTagNameMap[Tag] {
  return Object.assign(document.createElement(tag), properties);
}
