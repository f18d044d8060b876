import * as v from 'valibot';

/** What the host sends to an instance: do this call. */
const call = v.object({
  id: v.string(),
  /** JSON. */
  event: v.string(),
  /** Second argument of the handler. */
  context: v.record(v.string(), v.unknown()),
  /** Variables that exist during this call only: who calls, and from where. */
  environment: v.record(v.string(), v.string()),
});

/** What an instance sends to the host. */
const report = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('unloadable'), message: v.string() }),
  v.object({ type: v.literal('result'), id: v.string(), json: v.string() }),
  v.object({ type: v.literal('failure'), id: v.string(), message: v.string() }),
]);

export type Call = v.InferOutput<typeof call>;
export type Report = v.InferOutput<typeof report>;

export const parseCall = v.parser(call);

/** @returns The report, or undefined for a message that the function sent on its own account. */
export function parseReport(message: unknown): Report | undefined {
  const result = v.safeParse(report, message);
  return result.success ? result.output : undefined;
}

/** The line that ends the output of a call on each of the instance's streams. */
export function endOfOutput(id: string): string {
  return `\0${id}`;
}
