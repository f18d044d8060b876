import * as v from 'valibot';

const animateSchema = v.object({
  /** `style`, or a function of `transform`. */
  type: v.string(),
  args: v.array(v.union([v.string(), v.number()])),
});
const actionSchema = v.object({
  animates: v.array(animateSchema),
  option: v.object({
    transformOrigin: v.string(),
    /** Milliseconds. */
    transition: v.object({ duration: v.number(), timingFunction: v.string(), delay: v.number() }),
  }),
});
const animationSchema = v.object({ actions: v.array(actionSchema) });

export type Animate = v.InferOutput<typeof animateSchema>;
export type AnimationAction = v.InferOutput<typeof actionSchema>;

/** The unit of a number in a function of `transform`. */
const units: readonly (readonly [RegExp, string])[] = [
  [/^translate/, 'px'],
  [/^(?:rotate(?!3d)|skew)/, 'deg'],
];
/** Styles whose numbers are pixels. */
const lengths = new Set(['width', 'height', 'top', 'left', 'bottom', 'right']);

/** Takes an element through what `wx.createAnimation` has exported, step by step. */
export function animate(element: HTMLElement, exported: unknown): void {
  const parsed = v.safeParse(animationSchema, exported);
  if (!parsed.success) return;
  const [first, ...rest] = parsed.output.actions;
  if (!first) return;
  const { duration, timingFunction, delay } = first.option.transition;
  // The browser has to have seen the element as it is, or there is nothing to go from.
  element.getBoundingClientRect();
  element.style.transition = `all ${duration}ms ${timingFunction} ${delay}ms`;
  element.style.transformOrigin = first.option.transformOrigin;
  element.style.transform = first.animates
    .filter(({ type }) => type !== 'style')
    .map(functionOf)
    .join(' ');
  for (const { type, args } of first.animates) if (type === 'style') setStyle(element, args);
  window.setTimeout(() => {
    animate(element, { actions: rest });
  }, duration + delay);
}

function functionOf({ type, args }: Animate): string {
  if (type === 'rotate3d') return `rotate3d(${args.slice(0, 3).join(', ')}, ${args[3] ?? 0}deg)`;
  const [, unit] = units.find(([pattern]) => pattern.test(type)) ?? [];
  const values = args.map((value) =>
    typeof value === 'number' && unit ? `${value}${unit}` : value,
  );
  return `${type}(${values.join(', ')})`;
}

function setStyle(element: HTMLElement, [name, value = '']: (string | number)[]): void {
  const property = String(name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const isLength = typeof value === 'number' && lengths.has(property);
  element.style.setProperty(property, isLength ? `${value}px` : String(value));
}
