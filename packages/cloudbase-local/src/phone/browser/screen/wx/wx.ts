import * as v from 'valibot';
import { phoneStorage } from '../../storage';
import type { PullDown } from '../pull';
import { asynchronous } from './callback';
import { cloudApi } from './cloud';
import { interfaceApi } from './interface';
import { loginApi } from './login';
import { requestApi } from './request';
import { storageApi } from './storage';
import { withSupportedOnly } from './supported';

const anything = v.unknown();

/**
 * The `wx` of a mini program in the preview.
 *
 * @param openid whose phone it is
 * @param pull the gesture of the page on screen, once there is one
 */
export function createWx(openid: string, pull: () => PullDown | undefined): object {
  return withSupportedOnly('wx', {
    ...storageApi(phoneStorage(openid)),
    ...interfaceApi(),
    ...loginApi(openid),
    ...requestApi(),
    cloud: cloudApi(openid),
    nextTick: (run: () => void): void => {
      queueMicrotask(run);
    },
    startPullDownRefresh: asynchronous('startPullDownRefresh', anything, () => {
      pull()?.start();
      return {};
    }),
    stopPullDownRefresh: asynchronous('stopPullDownRefresh', anything, () => {
      pull()?.stop();
      return {};
    }),
  });
}
