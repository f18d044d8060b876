import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { isToolError, type Command } from 'cloudbase-local/command';
import { readFunctions } from 'cloudbase-local/project';
import { describeLacks, readDeploySettings } from '../deploy/deploy-settings';
import { getAnswers, isYes, type Given } from './answers';
import { keepPrivate, readOwn, writeText } from './files';
import { tokenSalt } from './places';
import { fulfil, makePlan, places, presentAnswers, refuse, type Texts, type Wish } from './plan';
import { openTerminal, type Terminal } from './terminal';

const usage = `Usage: npm run init [-- --appid <AppID> --env <id> [--http on|off] [--force]]

Tells this project which mini program and which cloud environment are yours. Asks for what is not given.

  --appid <AppID>  of your mini program, into project.private.config.json
  --env <id>       of your cloud environment, into miniprogram/env.ts and .env
  --http on|off    whether clients without wx.cloud reach the functions over HTTP, too: HTTP_ACCESS and
                   WX_APP_ID in .env. Default: off, or as it is there.
  --force          replace other values that are there, without asking
  -h, --help       print this

A TOKEN_SALT is made in .env where there is none. Running it again with the same answers changes nothing.
`;

const flags = {
  appid: { type: 'string' },
  env: { type: 'string' },
  http: { type: 'string' },
  force: { type: 'boolean', default: false },
} as const;

/**
 * `npm run init`.
 *
 * @param root - The project's folder.
 */
export function initCommand(root: string): Command<typeof flags> {
  return {
    usage,
    options: flags,
    npmScript: 'init',
    async run({ values }) {
      const terminal = openTerminal();
      try {
        const given = { appId: values.appid, envId: values.env, httpAccess: values.http };
        await init(root, given, values.force, terminal);
      } finally {
        terminal?.close();
      }
    },
  };
}

async function init(
  root: string,
  given: Given,
  force: boolean,
  terminal: Terminal | undefined,
): Promise<void> {
  const texts = await readTexts(root);
  const answers = await getAnswers(given, presentAnswers(texts), terminal);
  const { missing, differing } = makePlan(texts, answers, randomBytes(32).toString('base64url'));
  if (!force && terminal === undefined && differing.length > 0) refuse(differing);
  const replaced: Wish[] = [];
  for (const wish of differing) {
    if (force || (await confirms(terminal, wish))) replaced.push(wish);
    else say(`${wish.place.file}: ${wish.place.name} stays ${wish.present}`);
  }
  const changed = fulfil(texts, [...missing, ...replaced]);
  for (const [file, text] of Object.entries(changed)) {
    await writeText(path.join(root, file), text, file === '.env' ? 0o600 : undefined);
  }
  report(missing, replaced, await keepPrivate(path.join(root, '.env')));
  await warn(root, answers.envId);
}

/** A `.env` that is not there yet begins as a copy of the documented example. */
async function readTexts(root: string): Promise<Texts> {
  const files = [...new Set(places.map(({ file }) => file))];
  const texts = await Promise.all(files.map((file) => readOwn(path.join(root, file))));
  const example = await readOwn(path.join(root, '.env.example'));
  return { '.env': example, ...withoutAbsent(files.map((file, index) => [file, texts[index]])) };
}

function withoutAbsent(texts: readonly (readonly [string, string | undefined])[]): Texts {
  return Object.fromEntries(texts.filter(([, text]) => text !== undefined));
}

async function confirms(terminal: Terminal | undefined, { place, present, value }: Wish) {
  const answer = await terminal?.ask(
    `${place.file} has ${place.name} ${present}. Replace it with ${value}? (y/N) `,
  );
  return isYes(answer ?? '', false);
}

function report(missing: readonly Wish[], replaced: readonly Wish[], madePrivate: boolean): void {
  for (const { place, value } of missing) {
    say(`${place.file}: ${place.name} ${place === tokenSalt ? 'made' : `is ${value}`}`);
  }
  for (const { place, present, value } of replaced) {
    say(`${place.file}: ${place.name} was ${present}, is ${value}`);
  }
  if (madePrivate) say('.env: readable by its owner only');
  if (missing.length + replaced.length === 0 && !madePrivate) say('Nothing was changed.');
  if (missing.length + replaced.length > 0) {
    say('Next: open this folder in WeChat DevTools (docs/devtools.md), or npm run deploy.');
  }
}

/** Says what would stop a deployment, such as a salt that is there and weak, or another file that wins over .env. */
async function warn(root: string, envId: string): Promise<void> {
  try {
    const settings = await readDeploySettings(root, await readFunctions(root), {});
    if (settings.envId !== envId)
      say(`Note: ENV_ID is ${settings.envId}: something wins over .env.`);
    for (const lack of describeLacks(settings)) say(`Note: ${lack}`);
  } catch (error) {
    if (!isToolError(error)) throw error;
    say(`Note: npm run deploy will not take this yet: ${error.message}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
