import * as glassEasel from 'glass-easel';
import { MiniElement } from './elements/mini-element';

type Context = glassEasel.CurrentWindowBackendContext;
type BackendElement = Parameters<Context['setListenerStats']>[0];
type SetListenerStats = Parameters<Context['setListenerStats']>;
type SetModelBindingStat = Parameters<Context['setModelBindingStat']>;

/** Events that come from the browser. All others are the components' own: WeChat knows no `click`. */
const FROM_BROWSER =
  /^(?:touch(?:start|move|end|cancel)|transitionend|animation(?:start|iteration|end))$/;

/**
 * The browser's document as the component engine sees it, with these differences: tags are custom elements, whose
 * events and model bindings are their own; style sheets are adopted instead of inserted (the content policy allows
 * nothing inline); and whatever takes taps takes the keyboard's focus too.
 */
export class PreviewBackend extends glassEasel.CurrentWindowBackendContext {
  private readonly owners = new WeakMap<object, glassEasel.Element>();

  constructor(elementName: (tag: string) => string) {
    super();
    const plain = this.document;
    this.document = {
      createElement(tag) {
        const name = elementName(tag);
        const made = plain.createElement(name);
        if (name === 'wx-unsupported') made.setAttribute('data-tag', tag);
        return made;
      },
      createTextNode: (content) => plain.createTextNode(content),
      createDocumentFragment: () => plain.createDocumentFragment(),
    };
    this.onEvent((target, type, detail, options) => {
      const extraFields = touchesOf(options.originalEvent);
      target.triggerEvent(type, detail, { ...options, ...(extraFields && { extraFields }) });
    });
  }

  /** Style sheets come and go with the page: see `styleAs` of the engine. */
  override registerStyleSheetContent(): void {
    /* nothing to keep */
  }

  override appendStyleSheetPath(): number {
    return 0;
  }

  override associateValue(element: BackendElement, value: glassEasel.Element): void {
    super.associateValue(element, value);
    this.owners.set(element, value);
    if (element instanceof MiniElement) element.belongTo(value);
    // The engine leaves the `ready` of components to its host: after the first layout.
    if (glassEasel.Component.isComponent(value))
      requestAnimationFrame(() => {
        value.triggerLifetime('ready', []);
      });
  }

  override setListenerStats(...[element, type, ...rest]: SetListenerStats): void {
    if (FROM_BROWSER.test(type)) super.setListenerStats(element, type, ...rest);
    if (type === 'tap') element.setAttribute('tabindex', '0');
  }

  override setModelBindingStat(...[element, name, listener]: SetModelBindingStat): void {
    if (element instanceof MiniElement) element.bindModel(name, listener);
  }

  /** The engine's element behind one of the document's. */
  ownerOf(element: Element): glassEasel.Element | undefined {
    return this.owners.get(element);
  }
}

/** A tap and a touch say where the fingers are. */
function touchesOf(event: unknown): Record<string, unknown> | undefined {
  if (typeof TouchEvent !== 'undefined' && event instanceof TouchEvent)
    return { touches: [...event.touches], changedTouches: [...event.changedTouches] };
  if (!(event instanceof MouseEvent)) return undefined;
  const { clientX, clientY, pageX, pageY } = event;
  const touch = { identifier: 0, clientX, clientY, pageX, pageY };
  return { touches: event.type === 'mouseup' ? [] : [touch], changedTouches: [touch] };
}
