/**
 * An element of the mini program: tags become custom elements under the prefix `wx-`, so that `view` or `button`
 * never meet a browser's own, and attributes mean what they mean in WeChat.
 */
export class MiniElement extends HTMLElement {
  override setAttribute(name: string, value: string): void {
    if (name === 'style') this.style.cssText = value;
    else if (name.startsWith('aria-')) super.setAttribute(...ariaAttribute(name, value || 'true'));
    else super.setAttribute(name, value);
  }

  override removeAttribute(name: string): void {
    if (name.startsWith('aria-')) super.setAttribute(...ariaAttribute(name, 'false'));
    else super.removeAttribute(name);
  }
}

/** WeChat writes the role as `aria-role`; a true or false there is a bare or a missing attribute here. */
function ariaAttribute(name: string, value: string): [string, string] {
  return name === 'aria-role' ? ['role', value] : [name, value];
}

class Button extends MiniElement {
  static readonly observedAttributes = ['disabled'];

  connectedCallback(): void {
    if (!this.hasAttribute('role')) this.role = 'button';
    this.reflectDisabled();
  }

  attributeChangedCallback(): void {
    this.reflectDisabled();
  }

  private reflectDisabled(): void {
    const disabled = this.hasAttribute('disabled');
    this.tabIndex = disabled ? -1 : 0;
    this.ariaDisabled = String(disabled);
  }
}

class ScrollView extends MiniElement {
  constructor() {
    super();
    this.addEventListener('scroll', () => {
      const below = this.scrollHeight - this.clientHeight - this.scrollTop;
      const threshold = Number(this.getAttribute('lower-threshold') ?? 50);
      if (below <= threshold) this.dispatchEvent(new CustomEvent('scrolltolower'));
    });
  }

  connectedCallback(): void {
    // The keyboard scrolls what has the focus.
    this.tabIndex = 0;
  }
}

/** The built-in components that the preview supplies. */
const builtIns = {
  view: class extends MiniElement {},
  text: class extends MiniElement {},
  button: Button,
  'scroll-view': ScrollView,
  page: class extends MiniElement {},
  /** In place of a built-in component that the preview does not have. */
  unsupported: class extends MiniElement {},
};

/**
 * Defines the built-in components and a host for each component of the mini program.
 *
 * @returns the element's name for a tag of the mini program
 */
export function defineElements(componentTags: Iterable<string>): (tag: string) => string {
  for (const [tag, element] of Object.entries(builtIns))
    customElements.define(`wx-${tag}`, element);
  for (const tag of componentTags) {
    if (!customElements.get(`wx-${tag}`))
      customElements.define(`wx-${tag}`, class extends MiniElement {});
  }
  return (tag) => {
    if (customElements.get(`wx-${tag}`)) return `wx-${tag}`;
    console.error(`<${tag}> is not supported by the preview`);
    return 'wx-unsupported';
  };
}
