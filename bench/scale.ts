import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { runCommand, ToolError } from 'cloudbase-local/command';
import { print, printStorms, showProgress, tellCost } from './scale/console';
import { differingDeclarations } from './scale/declared';
import { differing, makeDocuments, write } from './scale/document';
import { runLives, runSensitivity, runStorms, type RunJobs } from './scale/experiments';
import { readResults, writeResults, type Results } from './scale/results';
import { storms } from './scale/storms';
import { runJobs } from './scale/workers';

const checkPhones = 500;
const parts = ['check', 'large', 'lives', 'sensitivity', 'documents'];

const usage = `Usage: npm run bench -- scale [--phones N] [--seed S] [--storm name]...

Simulates what so many phones do to the cloud: the real session on each, the real functions behind a model
of the platform (bench/scale/model.ts), on a virtual clock. The same seed gives the same digits.

  --phones N    how many, up to 1000000. Default: 10000
  --seed S      another series of random numbers. Default: 1
  --storm name  one storm; can be given several times. Default: all of them
${storms.map(({ name, title }) => `                  ${name.padEnd(22)} ${title.en}`).join('\n')}
  --workers N   processes at a time. Default: as many as there are cores
  --write part  makes a part of docs/scale.md anew, and its pictures; can be given several times:
                  check        all storms for ${checkPhones} phones
                  large        all storms, for --phones
                  lives        a day for several lives of a token
                  sensitivity  half and twice of each number of the model
                  documents    from the results as they are
  --check       makes the part check and the documents, and compares with what is there
  -h, --help    print this
`;

interface Wanted {
  readonly phones: number;
  readonly seed: number;
  readonly names: readonly string[];
}

function readWanted(phones: string, seed: string, names: readonly string[]): Wanted {
  const wanted = { phones: readWhole('--phones', phones, 1_000_000), seed: Number(seed) };
  if (!Number.isSafeInteger(wanted.seed)) {
    throw new ToolError('USAGE', '--seed: expected a whole number');
  }
  const all = storms.map(({ name }) => name);
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new ToolError('USAGE', `--storm: no ${unknown.join(', ')}; there are ${all.join(', ')}`);
  }
  return { ...wanted, names: names.length > 0 ? names : all };
}

function readWhole(flag: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new ToolError('USAGE', `${flag}: expected a whole number from 1 to ${most}`);
}

async function simulateStorms({ phones, seed, names }: Wanted, runAll: RunJobs): Promise<void> {
  const outcomes = await runAll(names.map((storm) => ({ storm, phones, seed })));
  print(`${phones} phones, seed ${seed}\n`);
  printStorms(names, outcomes);
}

/** Runs jobs in so many processes; tells how far they are, and what they took. */
function runWith(workers: number): RunJobs {
  return async (jobs) => {
    const started = performance.now();
    const outcomes = await runJobs(jobs, workers, showProgress(jobs.length));
    tellCost(outcomes, performance.now() - started);
    return outcomes;
  };
}

async function writeParts(
  wanted: readonly string[],
  { phones, seed }: Wanted,
  runAll: RunJobs,
): Promise<void> {
  const unknown = wanted.filter((part) => !parts.includes(part));
  if (unknown.length > 0) {
    const message = `--write: no ${unknown.join(', ')}; there are ${parts.join(', ')}`;
    throw new ToolError('USAGE', message);
  }
  const today = new Date().toISOString().slice(0, 10);
  const make: { [Part in keyof Results]: () => Promise<Results[Part]> } = {
    check: () => runStorms(checkPhones, 1, today, false, runAll),
    large: () => runStorms(phones, seed, today, true, runAll),
    lives: () => runLives(seed, runAll),
    sensitivity: () => runSensitivity(seed, runAll),
  };
  const made: Partial<Results> = {};
  if (wanted.includes('check')) made.check = await make.check();
  if (wanted.includes('large')) made.large = await make.large();
  if (wanted.includes('lives')) made.lives = await make.lives();
  if (wanted.includes('sensitivity')) made.sensitivity = await make.sensitivity();
  const results = { ...readResults(), ...made };
  await writeResults(results);
  write(await makeDocuments(results));
}

/** Says whether the documents show what the simulation gives, on this machine and now. */
async function checkDocuments(runAll: RunJobs): Promise<void> {
  const results = readResults();
  const { phones, seed, date, storms: expected } = results.check;
  const again = await runStorms(phones, seed, date, false, runAll);
  const changed = again.storms
    .filter((storm, index) => !isDeepStrictEqual(storm, expected[index]))
    .map(({ name }) => `the storm ${name}`);
  const differences = [
    ...changed,
    ...differing(await makeDocuments(results)),
    ...differingDeclarations(),
  ];
  if (differences.length === 0) print('docs/scale.md shows what the simulation gives.');
  else {
    const what = differences.join(', ');
    throw new ToolError('CHANGED', `Not as it was: ${what}. npm run bench -- scale --write check`);
  }
}

runCommand({
  usage,
  npmScript: 'bench',
  options: {
    phones: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    storm: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string', default: String(availableParallelism()) },
    write: { type: 'string', multiple: true, default: [] },
    check: { type: 'boolean', default: false },
  },
  run({ values: { phones, seed, storm, workers, write: wantedParts, check } }) {
    const wanted = readWanted(phones, seed, storm);
    const runAll = runWith(readWhole('--workers', workers, 64));
    if (check) return checkDocuments(runAll);
    if (wantedParts.length > 0) return writeParts(wantedParts, wanted, runAll);
    return simulateStorms(wanted, runAll);
  },
});
