// tcb-admin-node is what @cloudbase/node-sdk was called; its module is an app itself, and `init` changes that app.
const sdk = require('../bundle.js').node();

let current;
const app = () => (current ??= sdk.init({}));

const methods = [
  'auth',
  'callCompatibleWxOpenApi',
  'callFunction',
  'callWxOpenApi',
  'callWxPayApi',
  'database',
  'deleteFile',
  'downloadFile',
  'getFileAuthority',
  'getTempFileURL',
  'getUploadMetadata',
  'invokeExtension',
  'logger',
  'registerExtension',
  'uploadFile',
];

const tcb = {
  SYMBOL_CURRENT_ENV: sdk.SYMBOL_CURRENT_ENV,
  init(config = {}) {
    current = sdk.init(config);
    return tcb;
  },
  parseContext: sdk.parseContext,
  getCurrentEnv: () => process.env.TCB_ENV,
};
for (const method of methods) tcb[method] = (...given) => app()[method](...given);

module.exports = tcb;
