import * as v from 'valibot';
import { ToolError } from 'cloudbase-local/command';
import { readVariable, writeVariable } from './env-file';

/** Where a value is kept in this project: how it is found in the text of its file, and how it gets there. */
export interface Place {
  /** From the project's folder. */
  readonly file: string;
  /** What the value is called there. */
  readonly name: string;
  /** The value in the file's text, empty where there is none. */
  readonly read: (text: string | undefined) => string;
  readonly write: (text: string | undefined, value: string) => string;
}

const privateConfig = v.looseObject({ appid: v.optional(v.string(), '') });

/**
 * DevTools reads project.private.config.json over project.config.json, and git ignores it.
 * Reference: https://developers.weixin.qq.com/miniprogram/dev/devtools/projectconfig.html
 */
export const appId: Place = {
  file: 'project.private.config.json',
  name: 'appid',
  read: (text) => readPrivateConfig(text).appid,
  write: (text, value) =>
    `${JSON.stringify({ ...readPrivateConfig(text), appid: value }, null, 2)}\n`,
};

function readPrivateConfig(text: string | undefined): v.InferOutput<typeof privateConfig> {
  if (text === undefined) return { appid: '' };
  const parsed = v.safeParse(privateConfig, parseJson(text));
  if (parsed.success) return parsed.output;
  throw new ToolError(
    'FILE',
    'project.private.config.json must be a JSON object whose appid is a string. Correct it, or remove it.',
  );
}

function parseJson(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return Array.isArray(json) ? undefined : json;
  } catch {
    return undefined;
  }
}

const envIdLine = /^(export const envId: string = ')([^'\\\n]*)(';)/m;

/**
 * A source of the mini program, and so in git: it must be there for DevTools to compile a fresh clone. The id
 * is no secret, every phone is given it.
 */
export const envIdOfMiniProgram: Place = {
  file: 'miniprogram/env.ts',
  name: 'envId',
  read: (text) => findEnvId(text)[2] ?? '',
  write(text, value) {
    findEnvId(text);
    return (text ?? '').replace(
      envIdLine,
      (_, before: string, __, after: string) => before + value + after,
    );
  },
};

function findEnvId(text: string | undefined): RegExpExecArray {
  const found = envIdLine.exec(text ?? '');
  if (found !== null) return found;
  throw new ToolError(
    'FILE',
    "miniprogram/env.ts must have the line: export const envId: string = '';",
  );
}

/** A variable in `.env`, which the CloudBase CLI, `npm run deploy` and `npm start` read. */
function variable(name: string): Place {
  return {
    file: '.env',
    name,
    read: (text) => readVariable(text ?? '', name),
    write: (text, value) => writeVariable(text ?? '', name, value),
  };
}

export const envIdOfDeployment = variable('ENV_ID');
export const tokenSalt = variable('TOKEN_SALT');
export const httpAccess = variable('HTTP_ACCESS');
export const appIdOfServer = variable('WX_APP_ID');
