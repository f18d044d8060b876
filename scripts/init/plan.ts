import { ToolError } from 'cloudbase-local/command';
import type { Answers } from './answers';
import {
  appId,
  appIdOfServer,
  envIdOfDeployment,
  envIdOfMiniProgram,
  httpAccess,
  tokenSalt,
  type Place,
} from './places';

/** The texts of the files that values are kept in, by name; absent where there is no such file. */
export type Texts = Readonly<Record<string, string | undefined>>;

/** A value that a place is to have. */
export interface Wish {
  readonly place: Place;
  readonly value: string;
  /** What it has now; empty where it has nothing. */
  readonly present: string;
}

export interface Plan {
  /** What is missing and simply gets its value. */
  readonly missing: readonly Wish[];
  /** What has another value, which nobody may lose without knowing. */
  readonly differing: readonly Wish[];
}

export const places = [
  appId,
  envIdOfMiniProgram,
  envIdOfDeployment,
  tokenSalt,
  httpAccess,
  appIdOfServer,
];

/** @returns What there is already, as the answers to start from. */
export function presentAnswers(texts: Texts): Answers {
  return {
    appId: read(texts, appId),
    envId: read(texts, envIdOfDeployment) || read(texts, envIdOfMiniProgram),
    httpAccess: read(texts, httpAccess) === 'on',
  };
}

/** @param salt - Used only where there is none: a salt that exists is never replaced. */
export function makePlan(texts: Texts, answers: Answers, salt: string): Plan {
  const wishes = [
    wish(texts, appId, answers.appId),
    wish(texts, envIdOfMiniProgram, answers.envId),
    wish(texts, envIdOfDeployment, answers.envId),
    wish(texts, tokenSalt, read(texts, tokenSalt) || salt),
    ...wishesForHttp(texts, answers),
  ];
  return {
    missing: wishes.filter(({ present }) => present === ''),
    differing: wishes.filter(({ present, value }) => present !== '' && present !== value),
  };
}

/** Over HTTP the server asks WeChat who calls, and needs the AppID for it. */
function wishesForHttp(texts: Texts, answers: Answers): Wish[] {
  const present = read(texts, httpAccess);
  const isOn = answers.httpAccess ?? present === 'on';
  if (isOn) return [wish(texts, httpAccess, 'on'), wish(texts, appIdOfServer, answers.appId)];
  return answers.httpAccess === false && present !== '' ? [wish(texts, httpAccess, 'off')] : [];
}

/** @returns The new texts of the files that change. */
export function fulfil(texts: Texts, wishes: readonly Wish[]): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const { place, value } of wishes) {
    changed[place.file] = place.write(changed[place.file] ?? texts[place.file], value);
  }
  return changed;
}

/** @throws ToolError REFUSED naming what would be lost. */
export function refuse(differing: readonly Wish[]): never {
  const lines = differing.map(
    ({ place, present, value }) => `${place.file} has ${place.name} ${present}, not ${value}.`,
  );
  throw new ToolError(
    'REFUSED',
    `${lines.join('\n')}\nNothing was changed. Give --force to replace it.`,
  );
}

function wish(texts: Texts, place: Place, value: string): Wish {
  return { place, value, present: read(texts, place) };
}

function read(texts: Texts, place: Place): string {
  return place.read(texts[place.file]);
}
