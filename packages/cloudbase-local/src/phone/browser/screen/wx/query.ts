import * as v from 'valibot';
import type { Page } from '../page';
import { asynchronous } from './callback';

const scrollSchema = v.object({
  scrollTop: v.optional(v.number()),
  duration: v.optional(v.number(), 300),
  selector: v.optional(v.string()),
});
const maker = v.custom<(...args: unknown[]) => object>((value) => typeof value === 'function');
const querying = v.object({ createSelectorQuery: maker, createIntersectionObserver: maker });

/** Where things are on the page in front, and going there. */
export function queryApi(top: () => Page | undefined): Record<string, unknown> {
  const self = (): v.InferOutput<typeof querying> => {
    const page = top()?.self;
    if (!v.is(querying, page)) throw new Error('There is no page to look at');
    return page;
  };
  return {
    createSelectorQuery: (): object => self().createSelectorQuery(),
    createIntersectionObserver: (component: unknown, options: unknown): object =>
      (v.is(querying, component) ? component : self()).createIntersectionObserver(options),
    pageScrollTo: asynchronous('pageScrollTo', scrollSchema, (options) => {
      const { selector, duration } = options;
      const found = selector === undefined ? null : document.querySelector(selector);
      const place = found ? found.getBoundingClientRect().y + window.scrollY : options.scrollTop;
      window.scrollTo({ top: place ?? 0, behavior: duration > 0 ? 'smooth' : 'auto' });
      return {};
    }),
  };
}
