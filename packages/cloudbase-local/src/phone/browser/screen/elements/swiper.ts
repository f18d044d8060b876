import { make, MiniElement } from './mini-element';

const style = `
  :host { display: block; position: relative; height: 150px; overflow: hidden; }
  .track {
    display: flex; width: 100%; height: 100%; overflow: auto hidden; scroll-snap-type: x mandatory;
    scrollbar-width: none; overscroll-behavior-x: contain;
  }
  :host([vertical]) .track {
    flex-direction: column; overflow: hidden auto; scroll-snap-type: y mandatory;
  }
  .dots { position: absolute; inset: auto 0 10px; display: flex; justify-content: center; gap: 8px; }
  .dots:empty { display: none; }
  i { width: 8px; height: 8px; border-radius: 50%; background: var(--dot, #0000004d); }
  i.now { background: var(--now, #000); }
`;

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/swiper.html */
export class Swiper extends MiniElement {
  private readonly track = make('div', { className: 'track', tabIndex: 0 });
  private readonly dots = make('div', { className: 'dots' });
  private now = 0;
  private source: '' | 'autoplay' | 'touch' = '';
  private timer: number | undefined;

  constructor() {
    super();
    this.track.append(make('slot'));
    this.inside(style, this.track, this.dots);
    this.track.addEventListener('scroll', () => {
      this.scrolled();
    });
    this.track.addEventListener('pointerdown', () => {
      this.source = 'touch';
    });
  }

  connectedCallback(): void {
    this.timer = window.setInterval(
      () => {
        if (this.isOn('autoplay') && this.checkVisibility()) this.next();
      },
      Math.max(this.number('interval', 5000), 100),
    );
    new MutationObserver(() => {
      this.drawDots();
    }).observe(this, { childList: true, subtree: true });
    requestAnimationFrame(() => {
      this.drawDots();
      this.changed('current');
    });
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }

  protected override changed(name: string): void {
    if (name === 'indicator-color') this.style.setProperty('--dot', this.text(name));
    if (name === 'indicator-active-color') this.style.setProperty('--now', this.text(name));
    if (name === 'indicator-dots') this.drawDots();
    if (name === 'current' && this.number('current', 0) !== this.now)
      this.go(this.number('current', 0));
  }

  private items(): Element[] {
    return [...this.querySelectorAll('wx-swiper-item')].filter(
      (item) => item.closest('wx-swiper') === this,
    );
  }

  private next(): void {
    this.source = 'autoplay';
    this.go((this.now + 1) % Math.max(this.items().length, 1));
  }

  private go(index: number): void {
    const { clientWidth, clientHeight } = this.track;
    const place = this.isOn('vertical')
      ? { top: index * clientHeight }
      : { left: index * clientWidth };
    this.track.scrollTo({ ...place, behavior: 'smooth' });
  }

  private scrolled(): void {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.track;
    const passed = this.isOn('vertical') ? scrollTop / clientHeight : scrollLeft / clientWidth;
    const current = Math.round(passed);
    if (current === this.now || Number.isNaN(current)) return;
    this.now = current;
    this.drawDots();
    const currentItemId = this.items()[current]?.getAttribute('item-id') ?? '';
    this.tell('change', { current, source: this.source, currentItemId });
    this.tellModel('current', current);
  }

  private drawDots(): void {
    const shown = this.isOn('indicator-dots') ? this.items() : [];
    this.dots.replaceChildren(
      ...shown.map((_, index) => make('i', { className: index === this.now ? 'now' : '' })),
    );
  }
}

export class SwiperItem extends MiniElement {}
