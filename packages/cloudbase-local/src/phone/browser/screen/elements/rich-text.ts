import * as v from 'valibot';
import { make, MiniElement } from './mini-element';

/** The tags that WeChat trusts, and the attributes of each besides `class` and `style`. */
const trusted: Readonly<Record<string, readonly string[]>> = Object.fromEntries([
  ...`a abbr address article aside b bdi bdo big blockquote br caption center cite code dd del div dl dt em fieldset
    font footer h1 h2 h3 h4 h5 h6 header hr i ins label legend li mark nav p pre q rt ruby s section small span strong
    sub sup table tbody tfoot thead tr tt u ul`
    .split(/\s+/)
    .map((tag) => [tag, [] as string[]] as const),
  ['ol', ['start', 'type']],
  ['img', ['alt', 'src', 'height', 'width']],
  ['td', ['colspan', 'height', 'rowspan', 'width']],
  ['th', ['colspan', 'height', 'rowspan', 'width']],
  ['col', ['span', 'width']],
  ['colgroup', ['span', 'width']],
]);

const nodeSchema = v.object({
  type: v.optional(v.string(), 'node'),
  name: v.optional(v.string(), 'span'),
  text: v.optional(v.string(), ''),
  attrs: v.optional(v.record(v.string(), v.unknown()), {}),
  children: v.optional(v.array(v.unknown()), []),
});

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/rich-text.html */
export class RichText extends MiniElement {
  private readonly content = make('div');

  constructor() {
    super();
    this.inside(':host { display: block; } img { max-width: 100%; }', this.content);
  }

  protected override changed(name: string): void {
    if (name !== 'nodes') return;
    const nodes = this.property('nodes');
    this.content.replaceChildren(
      ...(Array.isArray(nodes) ? nodes.flatMap(fromNode) : fromHtml(this.text('nodes'))),
    );
  }
}

function fromHtml(html: string): Node[] {
  // A document of its own: nothing in it loads or runs. The content policy refuses styles that stand in a text.
  const renamed = html.replaceAll(/\sstyle\s*=/gi, ' data-style=');
  const { body } = new DOMParser().parseFromString(renamed, 'text/html');
  return [...body.childNodes].flatMap(fromDom);
}

function fromDom(node: Node): Node[] {
  if (node instanceof Text) return [new Text(node.data)];
  if (!(node instanceof HTMLElement)) return [];
  const attributes = [...node.attributes].map(({ name, value }): [string, string] => [name, value]);
  return element(node.localName, attributes, [...node.childNodes].flatMap(fromDom));
}

function fromNode(given: unknown): Node[] {
  const parsed = v.safeParse(nodeSchema, given);
  if (!parsed.success) return [];
  const { type, name, text, attrs, children } = parsed.output;
  if (type === 'text') return [new Text(text)];
  const attributes = Object.entries(attrs).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  return element(name.toLowerCase(), attributes, children.flatMap(fromNode));
}

/** What WeChat does not trust is left out, with all that is in it. */
function element(tag: string, attributes: [string, string][], children: Node[]): Node[] {
  const own = trusted[tag];
  if (own === undefined) return [];
  // A link of a rich text leads nowhere.
  const made = document.createElement(tag === 'a' ? 'span' : tag);
  for (const [name, value] of attributes) {
    if (name === 'style' || name === 'data-style') made.style.cssText = value;
    else if (name === 'class' || own.includes(name)) made.setAttribute(name, value);
  }
  made.append(...children);
  return [made];
}
