import { MiniElement } from './mini-element';

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/scroll-view.html */
export class ScrollView extends MiniElement {
  private left = 0;
  private top = 0;

  constructor() {
    super();
    this.addEventListener('scroll', () => {
      this.scrolled();
    });
  }

  connectedCallback(): void {
    // The keyboard scrolls what has the focus.
    this.tabIndex = 0;
    // What it is told before it is in the document has no effect yet.
    requestAnimationFrame(() => {
      for (const name of ['scroll-top', 'scroll-left', 'scroll-into-view']) this.changed(name);
    });
  }

  protected override changed(name: string): void {
    const behavior = this.isOn('scroll-with-animation') ? 'smooth' : 'auto';
    if (name === 'scroll-top' && this.text(name) !== '')
      this.scrollTo({ top: this.number(name, 0), behavior });
    if (name === 'scroll-left' && this.text(name) !== '')
      this.scrollTo({ left: this.number(name, 0), behavior });
    const target = name === 'scroll-into-view' ? this.text(name) : '';
    if (target === '') return;
    const { x, y } = this.getBoundingClientRect();
    const place = this.sibling(target)?.getBoundingClientRect();
    if (place) this.scrollBy({ left: place.x - x, top: place.y - y, behavior });
  }

  private scrolled(): void {
    const { scrollTop, scrollLeft, scrollHeight, scrollWidth } = this;
    const deltaX = this.left - scrollLeft;
    const deltaY = this.top - scrollTop;
    this.left = scrollLeft;
    this.top = scrollTop;
    this.tell('scroll', { scrollLeft, scrollTop, scrollHeight, scrollWidth, deltaX, deltaY });
    const below = scrollHeight - this.clientHeight - scrollTop;
    const right = scrollWidth - this.clientWidth - scrollLeft;
    const lower = this.number('lower-threshold', 50);
    const upper = this.number('upper-threshold', 50);
    if (deltaY < 0 && below <= lower) this.tell('scrolltolower', { direction: 'bottom' });
    if (deltaX < 0 && right <= lower) this.tell('scrolltolower', { direction: 'right' });
    if (deltaY > 0 && scrollTop <= upper) this.tell('scrolltoupper', { direction: 'top' });
    if (deltaX > 0 && scrollLeft <= upper) this.tell('scrolltoupper', { direction: 'left' });
  }
}
