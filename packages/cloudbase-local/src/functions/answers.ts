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
 * @throws Error if the answer is no object; what the module throws.
 */
export async function answerFrom(module: unknown, event: unknown): Promise<GivenAnswer> {
  const { name, data } = v.parse(question, event);
  const found: unknown = Reflect.get(Object(module), name);
  if (found === undefined) return { given: false };
  const answer: unknown =
    typeof found === 'function' ? await Reflect.apply(found, module, [data]) : found;
  // A function that returns nothing would pass for a success: WeChat's answers are all objects.
  if (typeof answer === 'object' && answer !== null) return { given: true, answer };
  throw new Error(`the answer to ${name} must be an object`);
}
