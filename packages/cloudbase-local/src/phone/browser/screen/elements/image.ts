import { cloudFileUrl, isCloudFile, resourceUrl } from '../resource';
import { make, MiniElement } from './mini-element';

const style = `
  :host { display: inline-block; width: 320px; height: 240px; overflow: hidden; }
  img { display: block; width: 100%; height: 100%; object-fit: fill; }
  img:not([src]), .failed { visibility: hidden; }
`;

/** How each mode fits the picture: `object-fit`, and `object-position`. */
const modes: Readonly<Record<string, readonly [string, string?]>> = {
  scaleToFill: ['fill'],
  aspectFit: ['contain'],
  aspectFill: ['cover'],
  widthFix: ['fill'],
  heightFix: ['fill'],
  top: ['none', 'top'],
  bottom: ['none', 'bottom'],
  center: ['none', 'center'],
  left: ['none', 'left'],
  right: ['none', 'right'],
  'top left': ['none', 'top left'],
  'top right': ['none', 'top right'],
  'bottom left': ['none', 'bottom left'],
  'bottom right': ['none', 'bottom right'],
};

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/image.html */
export class Image extends MiniElement {
  private readonly picture = make('img', { alt: '', decoding: 'async', draggable: false });

  constructor() {
    super();
    const { picture } = this;
    this.inside(style, picture);
    picture.addEventListener('load', () => {
      picture.classList.remove('failed');
      this.fix();
      this.tell('load', { width: picture.naturalWidth, height: picture.naturalHeight });
    });
    picture.addEventListener('error', () => {
      const source = this.text('src');
      picture.classList.add('failed');
      console.warn(`<image> 加载失败：${source}`);
      this.tell('error', { errMsg: `GET ${source} failed` });
    });
  }

  protected override changed(name: string): void {
    const { picture } = this;
    if (name === 'src') {
      this.load();
    }
    if (name === 'lazy-load') picture.loading = this.isOn('lazy-load') ? 'lazy' : 'eager';
    if (name === 'aria-label') picture.alt = this.ariaLabel ?? '';
    if (name === 'mode') {
      const [fit, position = ''] = modes[this.text('mode')] ?? ['fill'];
      picture.style.objectFit = fit;
      picture.style.objectPosition = position;
      this.fix();
    }
  }

  private load(): void {
    const { picture } = this;
    const source = this.text('src');
    picture.removeAttribute('src');
    if (source === '') return;
    if (!isCloudFile(source)) picture.src = resourceUrl(source, this.component);
    else
      void cloudFileUrl(source)
        .catch(() => '')
        .then((url) => {
          // An empty address is none that loads: the page hears of it.
          if (this.text('src') === source) picture.src = url || 'data:,';
        });
  }

  /** With `widthFix` and `heightFix` the other side follows the picture. */
  private fix(): void {
    const { naturalWidth, naturalHeight } = this.picture;
    const mode = this.text('mode');
    const sides = mode === 'widthFix' ? 'height' : mode === 'heightFix' ? 'width' : undefined;
    if (sides === undefined || naturalWidth === 0) return;
    this.style.aspectRatio = `${naturalWidth} / ${naturalHeight}`;
    this.style.setProperty(sides, 'auto', 'important');
  }
}
