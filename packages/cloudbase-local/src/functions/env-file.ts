import { rm } from 'node:fs/promises';
import path from 'node:path';
import { writePrivately } from '../data-folder/private-file';
import { settingNames, type FunctionConfig } from '../project/cloudbaserc';
import type { Settings } from '../data-folder/settings';
import { callerEnvironment, cloudEnvironment } from './environment';

/** A file of variables for `node --env-file`. */
export interface EnvFile {
  close(): Promise<void>;
}

/**
 * Writes `functions.env` into the data folder: with it another process, such as `tcb fn run`, runs a
 * function against this cloud, as one of its instances does.
 *
 * @param openid - Who calls; absent for nobody.
 * @throws ToolError DATA_UNWRITABLE.
 */
export async function writeEnvFile(
  dataDir: string,
  settings: Settings,
  functions: readonly FunctionConfig[],
  cloudUrl: string,
  openid: string | undefined,
): Promise<EnvFile> {
  const file = path.join(dataDir, 'functions.env');
  const source = 'wx_client';
  const caller = openid === undefined ? { source } : { openid, source };
  const variables = {
    ...Object.fromEntries(settingNames(functions).map((name) => [name, settings.get(name)])),
    ENV_ID: settings.envId,
    // `tcb` puts its login's key in the place of ours: so the URL holds ours too.
    ...cloudEnvironment(settings, `${cloudUrl}/admin?secretId=${settings.secretId}&`),
    ...callerEnvironment(caller, settings),
  };
  const lines = Object.entries(variables).flatMap(([name, value]) => {
    const quoted = quote(value);
    return quoted === undefined ? [] : [`${name}=${quoted}\n`];
  });
  await writePrivately(file, lines.join(''));
  return { close: () => rm(file, { force: true }) };
}

/**
 * Node.js takes what is between quotes as it is, and knows no way to write the quote itself.
 *
 * @returns undefined if a value cannot be written.
 */
function quote(value: string): string | undefined {
  const mark = ["'", '`'].find((each) => !value.includes(each));
  return mark === undefined ? undefined : `${mark}${value}${mark}`;
}
