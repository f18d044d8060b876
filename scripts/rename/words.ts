/** What a project calls its example: the documents that a user has a list of. */
export interface Words {
  /** Such as `booking`. */
  readonly one: string;
  /** Such as `bookings`: collection, function, page. */
  readonly many: string;
  /** What it is called on the screen, such as 预约. */
  readonly label: string;
}

/**
 * Each word where it is a name or a part of one. `orderBy`, `inOrder`, `border` and an order in which something is
 * are none.
 */
const patterns: readonly (readonly [RegExp, (words: Words) => string])[] = [
  [/(?<![A-Za-z])orders(?![a-z])/g, ({ many }) => many],
  [/(?<![A-Z])Orders(?![a-z])/g, ({ many }) => capital(many)],
  [/(?<![A-Z]|in|unified)Order(?![a-z])/g, ({ one }) => capital(one)],
  [/(?<![A-Za-z])order(?=-[a-z0-9$\\]|(?!By)[A-Z])|(?<=[a-z]-)order(?![a-z])/g, ({ one }) => one],
  [/订单/g, ({ label }) => label],
];

/** @returns A text or a path of this project, with other words for its orders. */
export function renameOrders(text: string, words: Words): string {
  return patterns.reduce(
    (renamed, [pattern, word]) => renamed.replace(pattern, () => word(words)),
    text,
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
