import type { AnimationAction, Animate } from '../elements/animation';

/** How a step goes, as `wx.createAnimation` and `step` take it. */
interface StepOptions {
  /** Milliseconds. */
  duration?: number;
  timingFunction?: string;
  /** Milliseconds. */
  delay?: number;
  transformOrigin?: string;
}

const styles = ['opacity', 'backgroundColor', 'width', 'height', 'top', 'left', 'bottom', 'right'];
const transforms = [
  ...['matrix', 'matrix3d'],
  ...['rotate', 'rotate3d', 'rotateX', 'rotateY', 'rotateZ'],
  ...['scale', 'scale3d', 'scaleX', 'scaleY', 'scaleZ'],
  ...['skew', 'skewX', 'skewY'],
  ...['translate', 'translate3d', 'translateX', 'translateY', 'translateZ'],
];

/**
 * `wx.createAnimation`: what its methods say adds up to steps, which an element goes through when the template gives
 * them to its `animation`.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/ui/animation/wx.createAnimation.html
 */
export function animationApi(): Record<string, unknown> {
  return { createAnimation: (options: StepOptions = {}) => createAnimation(options) };
}

function createAnimation(defaults: StepOptions): object {
  let actions: AnimationAction[] = [];
  /** Each by its kind: a step keeps what the steps before it have set. */
  const set = new Map<string, Animate>();
  const animation: Record<string, (...values: never[]) => unknown> = {};
  for (const name of styles)
    animation[name] = (value: string | number) => {
      set.set(name, { type: 'style', args: [name, value] });
      return animation;
    };
  for (const type of transforms)
    animation[type] = (...args: number[]) => {
      set.set(type, { type, args });
      return animation;
    };
  animation['step'] = (options: StepOptions = {}) => {
    const { transformOrigin = '50% 50% 0', ...transition } = { ...defaults, ...options };
    const timing = { duration: 400, timingFunction: 'linear', delay: 0, ...transition };
    actions.push({ animates: [...set.values()], option: { transformOrigin, transition: timing } });
    return animation;
  };
  animation['export'] = () => {
    const exported = { actions };
    actions = [];
    return exported;
  };
  return animation;
}
