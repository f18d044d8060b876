import * as glassEasel from 'glass-easel';
import { instanceOf } from './wxs-instance';

/**
 * What WXS has beside JavaScript: a regular expression and a date are made by functions. And what the templates'
 * scripts call of this document: `guardWxs`, by which a function that throws gives nothing, and harms no page.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/wxs/06datatype.html
 */
export function provideWxs(): void {
  Object.assign(globalThis, {
    getRegExp: (pattern: string, flags?: string) => new RegExp(pattern, flags),
    getDate: (...parts: unknown[]): unknown => Reflect.construct(Date, parts),
    guardWxs: guard,
  });
}

/**
 * What the engine gives a function as WXS gets it: instances for elements, and with an event those of its element and
 * of the component around that.
 */
function withInstances(values: unknown[]): unknown[] {
  const [event, ...rest] = values;
  const at = event instanceof glassEasel.Event ? elementOf(event) : undefined;
  if (!(event instanceof glassEasel.Event) || at === undefined)
    return values.map((value) => (isElement(value) ? instanceOf(value) : value));
  const owner = at.ownerShadowRoot?.getHostNode();
  const instance = instanceOf(at);
  return [Object.assign(event, { instance }), owner ? instanceOf(owner) : null, ...rest];
}

function isElement(value: unknown): value is glassEasel.Element {
  return glassEasel.Element.isElement(value);
}

/** The element that hears an event; for a component the engine gives what `this` is in its methods. */
function elementOf(event: object): glassEasel.Element | undefined {
  const target: unknown = Reflect.get(event, 'currentTarget');
  if (isElement(target)) return target;
  const component: unknown =
    typeof target === 'object' && target !== null ? Reflect.get(target, '_$') : undefined;
  return isElement(component) ? component : undefined;
}

function guard(name: string, exported: unknown): unknown {
  if (typeof exported === 'function') return guarded(name, exported);
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) return exported;
  return Object.fromEntries(
    Object.entries(exported).map(([key, value]) => [
      key,
      typeof value === 'function' ? guard(`${name}.${key}`, value) : (value as unknown),
    ]),
  );
}

/** A function that throws gives nothing, and says so. */
function guarded(name: string, run: CallableFunction): (...values: unknown[]) => unknown {
  const attempt = (values: unknown[]): unknown => {
    try {
      return Reflect.apply(run, undefined, withInstances(values));
    } catch (error) {
      console.error(`${name}: WXS`, error);
      return undefined;
    }
  };
  return (...values) => {
    if (!values.some(isElement)) return attempt(values);
    // A change that is observed: the engine tells it before what is in the element is there.
    queueMicrotask(() => {
      attempt(values);
    });
    return undefined;
  };
}
