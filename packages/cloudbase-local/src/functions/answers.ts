import * as v from 'valibot';

/** What is asked of a module of answers: the name of an API, and what it was called with. */
const question = v.object({ name: v.string(), data: v.optional(v.unknown()) });

/** Whether the module answers, and what. */
export type GivenAnswer =
  { readonly given: false } | { readonly given: true; readonly answer: unknown };

/**
 * Takes the answer from a module that maps names to answers, or to functions that make one.
 *
 * @param module - Such as `{ 'security.msgSecCheck': ({ content }) => ({ errCode: 0 }) }`.
 * @param event - What is asked.
 */
export async function answerFrom(module: unknown, event: unknown): Promise<GivenAnswer> {
  const { name, data } = v.parse(question, event);
  const answer: unknown = Reflect.get(Object(module), name);
  if (answer === undefined) return { given: false };
  if (typeof answer !== 'function') return { given: true, answer };
  return { given: true, answer: await Reflect.apply(answer, module, [data]) };
}
