import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { readVariable, writeVariable } from '../../../scripts/init/env-file';

/** Lines as people write them, ours among them, with any line end. */
const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', '# a comment', '# ENV_ID=in-a-comment') },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('A=', 'export B=', 'C = ', '  D=', 'MY_ENV_ID=', 'ENV_ID_2='),
        fc.constantFrom(
          '',
          '1',
          '"two words"',
          "'#'",
          '`x` # y',
          'a # ENV_ID=b',
          '"l1\nENV_ID=l2"',
        ),
      )
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('ENV_ID=', 'export ENV_ID=', ' ENV_ID = '),
        fc.constantFrom('', 'old', '"old one"', "'old' # why", ' # none yet', '"l1\nl2"'),
      )
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string().map((words) => `# ${words.replace(/[\r\n]/g, ' ')}`) },
);
const text = fc
  .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(([lines, end, closed]) => lines.join(end) + (closed && lines.length > 0 ? end : ''));
const value = fc.stringMatching(/^[a-z][a-z0-9-]{2,20}$/);

describe('setting a variable of .env', () => {
  test('sets it, and no other variable', () => {
    fc.assert(
      fc.property(text, value, (before, id) => {
        const after = writeVariable(before, 'ENV_ID', id);
        expect(parseEnv(`${after}\n`)).toEqual({ ...parseEnv(`${before}\n`), ENV_ID: id });
        expect(readVariable(after, 'ENV_ID')).toBe(id);
      }),
      { numRuns: 5_000 },
    );
  });

  test('leaves what is not ours byte for byte: one stretch is replaced, by the value or a line', () => {
    fc.assert(
      fc.property(text, value, (before, id) => {
        const after = writeVariable(before, 'ENV_ID', id);
        const start = commonStart(before, after);
        const end = commonEnd(before.slice(start), after.slice(start));
        const taken = before.slice(start, before.length - end);
        expect(taken).not.toContain('\n');
        expect(after.slice(start, after.length - end).replace(/\r?\n/g, '')).toMatch(
          /^(ENV_ID=)?[a-z0-9-]*$/,
        );
        if (taken === '') return;
        const lineStart = before.lastIndexOf('\n', start - 1) + 1;
        expect(before.slice(lineStart)).toMatch(/^[ \t]*(export[ \t]+)?ENV_ID[ \t]*=/);
      }),
      { numRuns: 5_000 },
    );
  });

  test('does nothing the second time', () => {
    fc.assert(
      fc.property(text, value, (before, id) => {
        const once = writeVariable(before, 'ENV_ID', id);
        expect(writeVariable(once, 'ENV_ID', id)).toBe(once);
      }),
    );
  });

  test.each([
    ['', 'ENV_ID=x-1\n'],
    ['A=1', 'A=1\nENV_ID=x-1\n'],
    ['A=1\r\n', 'A=1\r\nENV_ID=x-1\r\n'],
    ['ENV_ID=\nA=1\n', 'ENV_ID=x-1\nA=1\n'],
    ['ENV_ID=a\nENV_ID=b\n', 'ENV_ID=a\nENV_ID=x-1\n'],
    ['export ENV_ID = "a b" # mine\n', 'export ENV_ID =x-1 # mine\n'],
    ['# ENV_ID=a\n', '# ENV_ID=a\nENV_ID=x-1\n'],
    ['A="\nENV_ID=a\n"\n', 'A="\nENV_ID=a\n"\nENV_ID=x-1\n'],
  ])('%j becomes %j', (before, after) => {
    expect(writeVariable(before, 'ENV_ID', 'x-1')).toBe(after);
  });
});

test.each(['A=1\njunk\n', 'A=1\n  # an indented comment\n'])(
  'what Node.js would read into our line is refused: %j',
  (text) => {
    expect(() => writeVariable(text, 'ENV_ID', 'x-1')).toThrow(/neither NAME=value nor/);
  },
);

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) {
    length += 1;
  }
  return length;
}
