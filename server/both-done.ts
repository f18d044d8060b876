/**
 * Waits until both are settled, then gives both results or throws what the first that failed threw.
 * `Promise.all` would go on at the first failure, and the cloud freezes a function once it answered:
 * the other write would be left half way.
 */
export async function bothDone<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
