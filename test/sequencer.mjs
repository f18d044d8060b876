import TestSequencer from '@jest/test-sequencer';

/**
 * The order in which Jest starts the files: the longest first, so that the workers end together. Jest knows how long
 * each took the last time. On a fresh clone it would go by the size of the files; those that start processes take the
 * longest, whatever their size.
 */
export default class extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    const isBuilt = ({ path }) => path.endsWith('.built.test.ts');
    return [...sorted.filter(isBuilt), ...sorted.filter((test) => !isBuilt(test))];
  }
}
