import * as glassEasel from 'glass-easel';

const known = new WeakMap<glassEasel.Element, WxsInstance>();

/** The instance of an element: always the same, so that its state is. */
export function instanceOf(element: glassEasel.Element): WxsInstance {
  const instance = known.get(element) ?? new WxsInstance(element);
  known.set(element, instance);
  return instance;
}

/**
 * What a WXS function can do with an element or a component.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/framework/view/interactive-animation.html
 */
export class WxsInstance {
  private readonly state = {};

  constructor(private readonly element: glassEasel.Element) {}

  getState(): object {
    return this.state;
  }

  getDataset(): object {
    return this.element.dataset;
  }

  setStyle(style: string | Record<string, string>): void {
    const target = this.shown();
    if (typeof style === 'string') target?.style.setProperty('cssText', style);
    else for (const [name, value] of Object.entries(style)) target?.style.setProperty(name, value);
  }

  addClass(name: string): void {
    this.element.classList?.toggle(name, true);
  }

  removeClass(name: string): void {
    this.element.classList?.toggle(name, false);
  }

  hasClass(name: string): boolean {
    return this.element.classList?.contains(name) ?? false;
  }

  selectComponent(selector: string): WxsInstance | null {
    return this.selectAllComponents(selector)[0] ?? null;
  }

  selectAllComponents(selector: string): WxsInstance[] {
    const { element } = this;
    const root = glassEasel.Component.isComponent(element) ? element.getShadowRoot() : null;
    return (root ?? element.ownerShadowRoot)?.querySelectorAll(selector).map(instanceOf) ?? [];
  }

  callMethod(name: string, detail?: unknown): void {
    const { element } = this;
    if (!glassEasel.Component.isComponent(element)) return;
    const method = glassEasel.Component.getMethod(element, name);
    if (method) glassEasel.safeCallback(name, method, element.getMethodCaller(), [detail], element);
  }

  triggerEvent(name: string, detail?: unknown, options: glassEasel.EventOptions = {}): void {
    this.element.triggerEvent(name, detail, options);
  }

  getBoundingClientRect(): object | undefined {
    return this.shown()?.getBoundingClientRect();
  }

  getComputedStyle(names: readonly string[]): Record<string, string> {
    const target = this.shown();
    const computed = target ? getComputedStyle(target) : undefined;
    return Object.fromEntries(names.map((name) => [name, computed?.getPropertyValue(name) ?? '']));
  }

  requestAnimationFrame(callback: () => void): void {
    window.requestAnimationFrame(callback);
  }

  setTimeout(callback: () => void, milliseconds: number): number {
    return window.setTimeout(callback, milliseconds);
  }

  clearTimeout(timer: number): void {
    window.clearTimeout(timer);
  }

  private shown(): HTMLElement | undefined {
    const target: unknown = this.element.getBackendElement();
    return target instanceof HTMLElement ? target : undefined;
  }
}
