import path from 'node:path';
import type { StartDefaults } from 'cloudbase-local';
import { ToolError } from 'cloudbase-local/command';
import { readSettings, SettingsError } from '../server/settings';
import { functionBuild } from './build/bundle';
import { deploymentSettings } from './deploy/deploy-settings';

/**
 * What this project adds to the local cloud.
 *
 * @param root - The project's folder.
 */
export function startDefaults(root: string): StartDefaults {
  return {
    panel: path.join(root, 'preview'),
    secrets: ['TOKEN_SALT', 'ACCOUNTS_KEY'],
    otherSettings: deploymentSettings,
    localSettings: wechatSettings,
    buildOptions: ({ folder, file }) => functionBuild(root, folder, file),
    checkSettings(variables) {
      try {
        readSettings(variables);
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        throw new ToolError('SETTINGS', `${error.message}.`, error);
      }
    },
  };
}

/**
 * What reaches the WeChat that the local cloud plays, where nobody gave an AppSecret. All of WeChat or nothing of it: a code of
 * the real one means nothing here, nor the other way round.
 */
export const wechatSettings: NonNullable<StartDefaults['localSettings']> = (local, given) =>
  (given['WX_APP_SECRET'] ?? '') === ''
    ? { WX_APP_ID: local.appId, WX_APP_SECRET: local.appSecret, WX_API_BASE: local.url }
    : {};
