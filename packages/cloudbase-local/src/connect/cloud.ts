import { settle, type Callbacks } from './callback';
import { createDatabase, type DatabaseConfig } from './database';
import { cloudError, type CloudError } from './error';
import { filesApi } from './files';
import { CloudID, functionsApi } from './functions';
import type { LocalCloud } from './local-cloud';

export type { LocalCloud } from './local-cloud';
export type { Wx } from './wx';

/**
 * `wx.cloud`, for which a local cloud answers.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/wxcloud/reference-sdk-api/Cloud.html
 */
export function createCloud(cloud: LocalCloud): Record<string, unknown> {
  return open(cloud).api;
}

function open(cloud: LocalCloud): { api: Record<string, unknown>; init: () => void } {
  let ready = false;
  const init = (): void => {
    ready = true;
  };
  const api: Record<string, unknown> = {
    init,
    CloudID: (cloudID: string) => new CloudID(cloudID),
    database: (config?: DatabaseConfig) => {
      if (!ready) throw notReady();
      return createDatabase(cloud, config);
    },
    /** The cloud of another environment or owner: it is this one too. */
    Cloud: function Cloud() {
      const other = open(cloud);
      const start = (): Promise<void> => Promise.resolve().then(other.init);
      return Object.assign(other.api, { init: start });
    },
  };
  const calls = Object.assign(functionsApi(cloud), filesApi(cloud));
  for (const name of Object.keys(calls)) {
    api[name] = (options: Callbacks): unknown =>
      ready
        ? calls[name]?.(options)
        : settle(`cloud.${name}`, options, () => Promise.reject(notReady()));
  }
  return { api, init };
}

function notReady(): CloudError {
  return cloudError(-1, "Cloud API isn't enabled, please call wx.cloud.init first");
}
