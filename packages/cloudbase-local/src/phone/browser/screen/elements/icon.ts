import { make, MiniElement } from './mini-element';

const tick = 'm7 12.5 3.5 3.5 7-8';
const cross = 'm8 8 8 8m0-8-8 8';
const wait = 'M12 6v6l4 3';
const exclamation = 'M12 6.5v7.5m0 2.2v1.3';
const info = 'M12 6.5v1.3m0 2.7v7';

/** A disc or none, its colour, and what is drawn on it. */
const icons: Readonly<Record<string, readonly [disc: boolean, colour: string, path: string]>> = {
  success: [true, '#09bb07', tick],
  success_no_circle: [false, '#09bb07', tick],
  info: [true, '#10aeff', info],
  warn: [true, '#f76260', exclamation],
  waiting: [true, '#10aeff', wait],
  cancel: [true, '#f43530', cross],
  clear: [true, '#b2b2b2', cross],
  download: [true, '#09bb07', 'M12 6v9m-4-3.5 4 4 4-4'],
  search: [false, '#b2b2b2', 'M15 15l5 5M16.5 10.5a6 6 0 1 1-12 0 6 6 0 0 1 12 0z'],
};

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/icon.html */
export class Icon extends MiniElement {
  private readonly drawing = make('span');

  constructor() {
    super();
    this.inside(
      `:host { display: inline-block; vertical-align: middle; }
       svg { display: block; width: var(--size, 23px); height: var(--size, 23px); }
       path { fill: none; stroke-width: 2; }`,
      this.drawing,
    );
  }

  protected override changed(): void {
    const [disc, own, path] = icons[this.text('type')] ?? [false, '', ''];
    const colour = this.text('color') || own;
    const size = this.text('size');
    if (size !== '')
      this.style.setProperty('--size', /^\d+(?:\.\d+)?$/.test(size) ? `${size}px` : size);
    const svg = svgElement('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
    if (disc) svg.append(svgElement('circle', { cx: '12', cy: '12', r: '11', fill: colour }));
    svg.append(svgElement('path', { d: path, stroke: disc ? '#fff' : colour }));
    this.drawing.replaceChildren(svg);
  }
}

function svgElement(tag: string, attributes: Record<string, string>): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
