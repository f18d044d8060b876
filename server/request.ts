import * as v from 'valibot';
import type { Malformed } from '../contract';
import { malformed } from './answers';

/**
 * What the cloud itself lays into the event of a call from a mini program. The functions take the
 * caller from `getWXContext` instead, so these are let through unread.
 */
const injected = { userInfo: v.optional(v.unknown()), tcbContext: v.optional(v.unknown()) };

export type Parsed<T> = { ok: true; value: T } | { ok: false; answer: Malformed };

/** Parses an event that must have exactly these fields. Neither answer nor value shares anything with it. */
export function parseEvent<Entries extends v.ObjectEntries>(
  entries: Entries,
  event: unknown,
): Parsed<v.InferOutput<v.StrictObjectSchema<Entries, undefined>>> {
  // valibot takes an array for an object.
  if (Array.isArray(event)) return { ok: false, answer: malformed('event', '应为对象') };
  const schema = v.strictObject({ ...entries, ...injected });
  const parsed = v.safeParse(schema, event, { abortEarly: true });
  if (parsed.success) return { ok: true, value: v.parse(v.object(entries), event) };
  return { ok: false, answer: explain(parsed.issues[0]) };
}

/** An event without what the cloud itself has laid into it. */
export function ownFields(event: unknown): unknown {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return event;
  return Object.fromEntries(Object.entries(event).filter(([name]) => !(name in injected)));
}

/**
 * The answer to an event whose field is not what was expected.
 *
 * @param field - its name as it came: only so much of it is told as can be a name.
 */
export function refuse(field: string, expected: string): Malformed {
  return malformed(field.replace(/[^\p{L}\p{N}_.$-]/gu, '').slice(0, 24) || 'event', expected);
}

function explain(issue: v.BaseIssue<unknown>): Malformed {
  const field = v.getDotPath(issue);
  if (field === null) return malformed('event', '应为对象');
  return refuse(field, issue.expected === 'never' ? '不是已知的字段' : issue.message);
}
