import { createDatabase, type DatabaseConfig } from './database';
import { filesApi } from './files';
import { CloudID, functionsApi } from './functions';
import type { Connection, LocalCloud } from './local-cloud';

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
  const connection: Connection = Object.assign({ isStarted: () => ready }, cloud);
  const own = {
    init,
    CloudID: (cloudID: string) => new CloudID(cloudID),
    database: (config?: DatabaseConfig) => createDatabase(connection, config),
    /** The cloud of another environment or owner: it is this one too. */
    Cloud: function Cloud() {
      const other = open(cloud);
      const start = (): Promise<void> => Promise.resolve().then(other.init);
      return Object.assign(other.api, { init: start });
    },
  };
  return { api: Object.assign({}, functionsApi(connection), filesApi(connection), own), init };
}
