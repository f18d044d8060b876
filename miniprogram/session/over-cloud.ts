import type { Transport } from './parts';

/** The cloud functions of the environment, through `wx.cloud`. Before base library 2.2.3 there is none: the `TypeError` says so. */
export const overCloud: Transport = (name, data) =>
  wx.cloud.callFunction({ name, data }).then(({ result }) => result);
