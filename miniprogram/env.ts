/**
 * The cloud environment that the mini program calls, as listed in the cloud console; `npm run init` writes it.
 * Empty means the default one: the first that this AppID opened.
 */
export const envId: string = '';

/**
 * Where the functions are called over HTTP instead: the address that the gateway's routes begin with, such as
 * `https://<environment>.service.tcloudbase.com/api`, or `http://127.0.0.1:7700/api` for `npm start` on this machine.
 * Empty means `wx.cloud`.
 */
export const httpBase: string = '';

/**
 * Whether each new token is asked for with a code of `wx.login`: it brings the session_key, and over HTTP it says who
 * calls. It costs a call of WeChat for every token.
 */
export const sendsLoginCode: boolean = true;
