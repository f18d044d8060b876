import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawDay, drawJitter, drawLives, drawStorms, type Language } from './figures';
import { measuredOf, type Results } from './results';
import { titleOf } from './storms';
import { shortList } from './short';
import {
  costTable,
  lifeTable,
  modelTable,
  planTable,
  priceList,
  sensitivityTable,
  stormTable,
} from './tables';
import { billOf, dailyUse } from './cost';

/** A file of `docs/` as the results make it. */
export interface Made {
  readonly file: string;
  readonly content: string;
}

const docs = path.resolve(__dirname, '../../docs');
const languages: readonly Language[] = ['en', 'zh'];

/** The documents with their tables, and the pictures. */
export async function makeDocuments(results: Results): Promise<Made[]> {
  const made: Made[] = [];
  for (const language of languages) {
    made.push(makePage(results, language), ...(await makePictures(results, language)));
  }
  return made;
}

export function write(made: readonly Made[]): void {
  for (const { file, content } of made) writeFileSync(file, content);
}

/** The files that are not as they were made. */
export function differing(made: readonly Made[]): string[] {
  return made
    .filter(({ file, content }) => readFileSync(file, 'utf8') !== content)
    .map(({ file }) => path.relative(path.dirname(docs), file));
}

const ending: Record<Language, string> = { en: '', zh: '.zh-CN' };

/** The page as it is, with what stands between `<!-- made: name -->` and `<!-- /made -->` made anew. */
function makePage(results: Results, language: Language): Made {
  const file = path.join(docs, `scale${ending[language]}.md`);
  const page = readFileSync(file, 'utf8');
  const content = page.replace(
    /(<!-- made: (\w+) -->\n)[^]*?(<!-- \/made -->)/g,
    (_whole, before: string, name: string, after: string) => {
      const part = parts[name];
      if (part === undefined) throw new Error(`${file}: nothing is made that is called ${name}.`);
      return `${before}${part(results, language)}\n${after}`;
    },
  );
  return { file, content };
}

async function makePictures({ large, lives }: Results, language: Language): Promise<Made[]> {
  const of = (name: string) => measuredOf(large, name);
  const shown = (names: readonly string[]) =>
    names.map((name) => ({ title: titleOf(name, language), measured: of(name) }));
  const pictures: Record<string, Promise<string>> = {
    day: drawDay(of('day'), language),
    crowds: drawStorms(shown(['eight', 'eight-reserved', 'push']), 3, language),
    storms: drawStorms(shown(eveningStorms), 3, language),
    jitter: drawJitter(of('same-minute'), of('same-minute-no-jitter'), language),
    lives: drawLives(
      lives.map((life) => {
        const use = dailyUse(life.measured);
        return { hours: life.seconds / 3600, yuan: billOf(use, 1e6, life.seconds).yuan };
      }),
      language,
    ),
  };
  return Promise.all(
    Object.entries(pictures).map(async ([name, picture]) => ({
      file: path.join(docs, 'scale', `${name}${ending[language]}.svg`),
      content: await picture,
    })),
  );
}

const eveningStorms = [
  'evening',
  'cloud-down',
  'gettoken-down',
  'revoked-all',
  'salt-changed',
  'clocks-wrong',
  'slow-database',
  'release',
];

const parts: Record<string, (results: Results, language: Language) => string> = {
  short: shortList,
  storms: ({ large }, language) => stormTable(large, language),
  check: ({ check }, language) => stormTable(check, language),
  cost: costTable,
  lives: lifeTable,
  plans: (_, language) => planTable(language),
  prices: (_, language) => priceList(language),
  sensitivity: sensitivityTable,
  model: (_, language) => modelTable(language),
};
