/**
 * Bundles a program with the SDK as the functions are bundled. The program uses the SDK in the way its
 * argument names, and prints what came of it. Argument: the file to write.
 */
import { build } from 'esbuild';
import { leaveOut, leftOut } from '../../scripts/leave-out';

const program = `
  const cloud = require('wx-server-sdk');
  cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
  const uses = {
    openapi: () => cloud.openapi.security.msgSecCheck({ content: 'a' }),
    pay: () => cloud.cloudPay.unifiedOrder({ body: 'a' }),
    openData: () => cloud.getOpenData({ list: ['a'] }),
    database: () => cloud.database().collection('a').where({ b: 1 }).get(),
  };
  uses[process.argv[2]]().catch((error) => {
    console.log(error.code, error.message);
    process.exit();
  });
`;

void build({
  stdin: { resolveDir: __dirname, contents: program },
  bundle: true,
  platform: 'node',
  outfile: process.argv[2] ?? '',
  plugins: [leaveOut(leftOut)],
});
