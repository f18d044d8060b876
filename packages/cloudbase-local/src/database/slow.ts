import type { Explanation } from './find';

/** What takes longer is told, as MongoDB does (mongodb.com/docs/manual/reference/configuration-options, `slowOpThresholdMs`). */
export const slowMilliseconds = 100;

/** @returns One line about an action that took long: which indexes it read, and how much. */
export function slowLine(
  action: string,
  milliseconds: number,
  explanations: readonly Explanation[],
): string {
  const parts = explanations.map((each) => {
    const names = new Set((each.plan.branches ?? []).map(({ index }) => index.name));
    const plan =
      each.plan.branches === undefined
        ? 'COLLSCAN'
        : `IXSCAN ${[...names].join(', ') || 'nothing'}`;
    const sort = each.plan.sorted ? '' : ', not in the order of an index';
    return `${each.collection}: ${plan}, ${each.keysExamined} keys and ${each.documentsExamined} documents examined, ${each.found} found${sort}`;
  });
  return `database: slow (${Math.round(milliseconds)} ms) ${[action, ...parts].join('; ')}`;
}
