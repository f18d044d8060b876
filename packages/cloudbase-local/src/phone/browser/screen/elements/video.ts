import { resourceUrl } from '../resource';
import { make, MiniElement } from './mini-element';

/** @see https://developers.weixin.qq.com/miniprogram/dev/component/video.html */
export class Video extends MiniElement {
  private readonly video = make('video', { controls: true, playsInline: true });

  constructor() {
    super();
    const { video } = this;
    this.inside(
      `:host { display: inline-block; width: 300px; height: 225px; background: #000; }
       video { width: 100%; height: 100%; }`,
      video,
    );
    for (const type of ['play', 'pause', 'ended', 'error'])
      video.addEventListener(type, () => {
        this.tell(type, {});
      });
    video.addEventListener('timeupdate', () => {
      this.tell('timeupdate', { currentTime: video.currentTime, duration: video.duration });
    });
  }

  protected override changed(name: string): void {
    const { video } = this;
    if (name === 'src') video.src = resourceUrl(this.text('src'), this.component);
    if (name === 'poster') video.poster = resourceUrl(this.text('poster'), this.component);
    if (name === 'controls') video.controls = this.hasAttribute('controls');
    if (name === 'loop' || name === 'autoplay' || name === 'muted') video[name] = this.isOn(name);
  }
}
