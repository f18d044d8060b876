import { Button } from './button';
import { ComponentHost } from './component-host';
import { Checkbox, CheckboxGroup, Label, Radio, RadioGroup, Switch } from './choices';
import { Form } from './form';
import { Icon } from './icon';
import { Image } from './image';
import { Input, Textarea } from './input';
import { MiniElement } from './mini-element';
import { navigatorElement, type Navigate } from './navigator';
import { Picker } from './picker';
import { Progress, Slider } from './range';
import { RichText } from './rich-text';
import { ScrollView } from './scroll-view';
import { Swiper, SwiperItem } from './swiper';
import { Unsupported } from './unsupported';
import { Video } from './video';

/** The built-in components that the preview supplies, by their tags. The README lists them from here. */
export function builtIns(navigate: Navigate): Record<string, typeof MiniElement> {
  return {
    button: Button,
    checkbox: Checkbox,
    'checkbox-group': CheckboxGroup,
    'cover-image': class extends Image {},
    'cover-view': class extends MiniElement {},
    form: Form,
    icon: Icon,
    image: Image,
    input: Input,
    label: Label,
    navigator: navigatorElement(navigate),
    picker: Picker,
    progress: Progress,
    radio: Radio,
    'radio-group': RadioGroup,
    'rich-text': RichText,
    'scroll-view': ScrollView,
    slider: Slider,
    swiper: Swiper,
    'swiper-item': SwiperItem,
    switch: Switch,
    text: class extends MiniElement {},
    textarea: Textarea,
    video: Video,
    view: class extends MiniElement {},
  };
}

/** Tags that mean nothing to see: the engine takes them out, or WeChat takes them for its own page. */
const unseen = ['page', 'page-meta', 'custom-tab-bar'];

/**
 * Defines the built-in components and a host for each component of the mini program.
 *
 * @param onUnsupported hears of each tag that the preview lacks, once
 * @returns the element's name for a tag of the mini program
 */
export function defineElements(
  componentTags: Iterable<string>,
  navigate: Navigate,
  onUnsupported: (tag: string) => void,
): (tag: string) => string {
  const define = (tag: string, element: typeof MiniElement): void => {
    if (!customElements.get(`wx-${tag}`)) customElements.define(`wx-${tag}`, element);
  };
  for (const [tag, element] of Object.entries(builtIns(navigate))) define(tag, element);
  define('unsupported', Unsupported);
  for (const tag of unseen) define(tag, class extends MiniElement {});
  for (const tag of componentTags) define(tag.toLowerCase(), class extends ComponentHost {});
  const told = new Set<string>();
  return (tag) => {
    const name = `wx-${tag.toLowerCase()}`;
    if (customElements.get(name)) return name;
    // Tags of HTML are plain boxes in WeChat.
    if (isHtml(tag)) {
      define(tag, class extends MiniElement {});
      return name;
    }
    if (!told.has(tag)) onUnsupported(tag);
    told.add(tag);
    return 'wx-unsupported';
  };
}

const html = new Set(
  'a b br code div em footer h1 h2 h3 h4 h5 h6 header hr i img li main nav ol p pre section small span strong table tbody td th thead tr u ul'.split(
    ' ',
  ),
);

function isHtml(tag: string): boolean {
  return html.has(tag);
}
