import { isFields } from '../database/document';

/** What is asked of a module of answers: the name of an API, and what it was called with. */
export interface Question {
  readonly name: string;
  readonly data: unknown;
}

/** Whether the module answers, and what. */
export type GivenAnswer =
  { readonly given: false } | { readonly given: true; readonly answer: unknown };

/**
 * Takes the answer from a module that maps names to answers, or to functions that make one.
 *
 * @param module - Such as `{ 'security.msgSecCheck': ({ content }) => ({ errCode: 0 }) }`.
 * @param event - A {@link Question}.
 */
export async function answerFrom(module: unknown, event: unknown): Promise<GivenAnswer> {
  const { name, data } = isFields(event) ? event : {};
  if (typeof name !== 'string' || !isFields(module) || !Object.hasOwn(module, name)) {
    return { given: false };
  }
  const answer: unknown = module[name];
  if (typeof answer !== 'function') return { given: true, answer };
  return { given: true, answer: await Reflect.apply(answer, module, [data]) };
}
