/**
 * Bundles a program with the SDK as the functions are bundled. The program uses the SDK in the way its
 * argument names, and prints what came of it. Arguments: the file to write, and paths to leave out
 * besides the functions' own.
 */
import { build } from 'esbuild';
import { functionBundle } from '../../../scripts/build/bundle';
import { leaveOut, leftOut } from '../../../scripts/build/leave-out';

const program = `
  const cloud = require('wx-server-sdk');
  cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
  // The SDK that wx-server-sdk stands on, for what only that one offers.
  const node = require('@cloudbase/node-sdk').init({ env: cloud.DYNAMIC_CURRENT_ENV });
  const collection = () => cloud.database().collection('a');
  const uses = {
    openapi: () => cloud.openapi.security.msgSecCheck({ content: 'a' }),
    pay: () => cloud.cloudPay.unifiedOrder({ body: 'a' }),
    openData: () => cloud.getOpenData({ list: ['a'] }),
    ai: () => cloud.ai(),
    uploadFile: () => cloud.uploadFile({ cloudPath: 'a', fileContent: Buffer.from('a') }),
    downloadFile: () => cloud.downloadFile({ fileID: 'a' }),
    models: () => node.models.user.list({}),
    rdb: () => node.rdb(),
    createTicket: () => node.auth().createTicket('a'),
    watch: () => node.database().collection('a').where({}).watch({ onChange() {}, onError() {} }),
    query: () => collection().where({ b: 1 }).get(),
    geo: () => collection().where({ at: new (cloud.database().Geo.Point)(113, 23) }).get(),
    update: () => collection().doc('b').update({ data: { c: cloud.database().command.inc(1) } }),
    aggregate: () => collection().aggregate().match({ b: 1 }).end(),
    transaction: () => cloud.database().runTransaction((t) => t.collection('a').doc('b').get()),
    callFunction: () => cloud.callFunction({ name: 'a' }),
  };
  (async () => uses[process.argv[2]]())().catch((error) => {
    console.log(error.code, error.message);
    process.exit();
  });
`;

const [, , outfile = '', ...more] = process.argv;

void build({
  ...functionBundle,
  stdin: { resolveDir: __dirname, contents: program },
  outfile,
  ...(more.length > 0 ? { plugins: [leaveOut([...leftOut, ...more])] } : {}),
});
