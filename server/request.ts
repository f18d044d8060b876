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

function explain(issue: v.BaseIssue<unknown>): Malformed {
  const field = v.getDotPath(issue);
  if (field === null) return malformed('event', '应为对象');
  const name = field.replace(/[^\p{L}\p{N}_.$-]/gu, '').slice(0, 24) || 'event';
  return issue.expected === 'never'
    ? malformed(name, '不是已知的字段')
    : malformed(name, issue.message);
}
