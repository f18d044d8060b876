/**
 * The cloud environment that the mini program calls, as listed in the cloud console; `npm run init` writes it.
 * Empty means the default one: the first that this AppID opened.
 */
export const envId: string = '';
