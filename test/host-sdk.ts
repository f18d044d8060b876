import path from 'node:path';

/** The folder of the `wx-server-sdk` that a host of the packages has: this project's, or what `npm run test:sdks` says. */
export const hostSdk =
  process.env['WX_SERVER_SDK'] ?? path.resolve(__dirname, '../node_modules/wx-server-sdk');
