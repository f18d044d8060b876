import * as v from 'valibot';
import { stranger } from '../elements/strangers';
import { asynchronous } from './callback';

const anything = v.unknown();

/** Who the user says to be: nobody in particular, and nothing is allowed or refused yet. */
export function userApi(): Record<string, unknown> {
  const profile = (): object => ({ userInfo: stranger, rawData: JSON.stringify(stranger) });
  const setting = (): object => ({
    authSetting: {},
    subscriptionsSetting: { mainSwitch: false, itemSettings: {} },
  });
  return {
    getUserInfo: asynchronous('getUserInfo', anything, profile),
    getUserProfile: asynchronous('getUserProfile', anything, profile),
    getSetting: asynchronous('getSetting', anything, setting),
    openSetting: asynchronous('openSetting', anything, setting),
    authorize: asynchronous('authorize', anything, () => ({})),
    checkSession: asynchronous('checkSession', anything, () => ({})),
  };
}
