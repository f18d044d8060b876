/** The texts that hold one of the secrets, in a form that is good for finding out why. */
export function findLeaks(texts: readonly string[], secrets: ReadonlySet<string>): string[] {
  return texts.filter((text) => [...secrets].some((secret) => text.includes(secret)));
}
