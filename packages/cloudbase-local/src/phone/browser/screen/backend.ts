import * as glassEasel from 'glass-easel';

type BackendElement = Parameters<glassEasel.CurrentWindowBackendContext['setListenerStats']>[0];
type SetListenerStats = Parameters<glassEasel.CurrentWindowBackendContext['setListenerStats']>;

/**
 * The browser's document as the component engine sees it, with three differences: tags are custom elements, style
 * sheets are adopted instead of inserted (the content policy allows nothing inline), and whatever takes taps takes
 * the keyboard's focus too.
 */
export class PreviewBackend extends glassEasel.CurrentWindowBackendContext {
  private readonly sheets = new Map<string, CSSStyleSheet>();
  private readonly owners = new WeakMap<object, glassEasel.Element>();

  constructor(elementName: (tag: string) => string) {
    super();
    const plain = this.document;
    this.document = {
      createElement: (tag) => plain.createElement(elementName(tag)),
      createTextNode: (content) => plain.createTextNode(content),
      createDocumentFragment: () => plain.createDocumentFragment(),
    };
    this.onEvent((target, type, detail, options) => {
      target.triggerEvent(type, detail, options);
    });
  }

  override registerStyleSheetContent(path: string, content: unknown): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(String(content));
    this.sheets.set(path, sheet);
  }

  override appendStyleSheetPath(path: string): number {
    const sheet = this.sheets.get(path);
    if (!sheet) throw new Error(`No style sheet ${path}`);
    return document.adoptedStyleSheets.push(sheet) - 1;
  }

  override associateValue(element: BackendElement, value: glassEasel.Element): void {
    super.associateValue(element, value);
    this.owners.set(element, value);
    // The engine leaves the `ready` of components to its host: after the first layout.
    if (glassEasel.Component.isComponent(value))
      requestAnimationFrame(() => {
        value.triggerLifetime('ready', []);
      });
  }

  override setListenerStats(...[element, type, ...rest]: SetListenerStats): void {
    super.setListenerStats(element, type, ...rest);
    if (type === 'tap') element.setAttribute('tabindex', '0');
  }

  /** The engine's element behind one of the document's. */
  ownerOf(element: Element): glassEasel.Element | undefined {
    return this.owners.get(element);
  }
}
