import { make, MiniElement } from './mini-element';

const style = `
  :host { display: inline-block; padding: 8px; border: 1px dashed #c93030; border-radius: 4px; }
  span { color: light-dark(#c93030, #fa7070); font-size: 12px; }
`;

/** Stands in the place of a built-in component that the preview does not have: names it, and shows what is in it. */
export class Unsupported extends MiniElement {
  private readonly named = make('span');

  constructor() {
    super();
    this.inside(style, this.named, make('slot'));
  }

  protected override changed(name: string): void {
    if (name !== 'data-tag') return;
    const tag = this.getAttribute('data-tag') ?? '';
    this.named.textContent = `预览里没有 <${tag}>，请用微信开发者工具`;
  }
}
