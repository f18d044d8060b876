import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from '@cloudbase/database/dist/commonjs/command';
import Aggregation from '@cloudbase/database/dist/commonjs/aggregate';
import { DatabaseError, withEngine } from '../../src/database/database-error';
import { accumulatorNames } from '../../src/database/engine/accumulators';
import { matcher, runStages } from '../../src/database/engine/engine';
import { project } from '../../src/database/project';
import { updateDocument } from '../../src/database/update';
import { behaviours, files, operators, render, type Operators } from './support';

/** What the SDK calls otherwise than MongoDB does. */
const mongoNames: Record<string, string> = {
  neq: 'ne',
  remove: 'unset',
  shift: 'pop',
  unshift: 'push',
  geoNear: 'nearSphere',
};

/** Carries out the operator with an operand that need not fit. @returns Whether the database knows it. */
function isKnown(kind: Operators['kind'], name: string): boolean {
  const operator = `$${kind === 'stage' ? name : (mongoNames[name] ?? name)}`;
  const logical = ['$and', '$or', '$nor', '$expr', '$jsonSchema', '$text'].includes(operator);
  const run = {
    query: () => matcher(logical ? { [operator]: [{}] } : { f: { [operator]: 1 } }),
    update: () => updateDocument({ _id: 1 }, { [operator]: { f: 1 } }, {}),
    projection: () =>
      project([{ f: [1] }], { f: { [operator]: operator === '$slice' ? 1 : { $gt: 0 } } }, {}),
    stage: () => runStages([{}], [{ [operator]: 1 }], () => []),
    expression: () => runStages([{}], [{ $project: { f: { [operator]: [1] } } }], () => []),
  }[kind];
  if (kind === 'expression' && accumulatorNames.has(operator)) return true;
  try {
    withEngine<unknown>(run);
    return true;
  } catch (error) {
    return error instanceof DatabaseError && error.code !== 'DATABASE_INVALID_OPERRATOR';
  }
}

/** The names that the SDK has; not those that are no operators of MongoDB. */
function namesOf(from: Operators['from']): string[] {
  const { aggregate, project: projection, ...command }: Record<string, unknown> = { ...Command };
  const notOperators = ['constructor', 'end', 'unwrap', 'done', '_pipe', 'pipeline'];
  const all = {
    command: () => Object.keys(command),
    aggregate: () => Object.keys(Object(aggregate) as object),
    project: () => Object.keys(Object(projection) as object),
    stages: () => Object.getOwnPropertyNames(Aggregation.prototype),
  }[from]();
  return all.filter((name) => !notOperators.includes(name));
}

test.each(['command', 'aggregate', 'project', 'stages'] as const)(
  'Every operator of the SDK (%s) is in the table',
  (from) => {
    const listed = operators
      .filter((each) => each.from === from)
      .flatMap(({ supported, missing }) => [...supported, ...missing]);
    expect([...listed].sort()).toEqual(namesOf(from).sort());
  },
);

test.each(operators.map((each) => [each.title.en, each] as const))(
  'The database knows what is said to be supported, and nothing else: %s',
  (_, { kind, supported, missing }) => {
    expect(supported.filter((name) => !isKnown(kind, name))).toEqual([]);
    expect(missing.filter((name) => isKnown(kind, name))).toEqual([]);
  },
);

test.each(behaviours.flatMap(({ test: shown }) => (shown === undefined ? [] : [shown])))(
  '%s shows: %s',
  (file, title) => {
    expect(readFileSync(path.join(__dirname, file), 'utf8')).toContain(title);
  },
);

test.each(['en', 'zh'] as const)('The file in %s says what the table says', (language) => {
  expect(readFileSync(files[language], 'utf8')).toBe(render(language));
});
