/**
 * A process that has loaded built functions and does many calls at a time, which an instance of the cloud
 * never does: it can, since a function reads who calls before it waits for anything.
 * Arguments: the functions' files. Takes lists of calls from its parent, answers lists of answers.
 */
import console from 'node:console';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const [, , ...files] = process.argv;
const functions = new Map(
  files.map((file) => [path.basename(path.dirname(file)), createRequire(file)(file)]),
);
let logged = [];
// The SDK calls url.parse, of which Node.js 24 warns once: that line is Node's, not the function's.
process.noDeprecation = true;
console.log = (line) => logged.push(line);
console.error = (line) => logged.push(String(line));

function call({ name, event, openid }) {
  if (openid === null) delete process.env.WX_OPENID;
  else process.env.WX_OPENID = openid;
  return functions.get(name).main(JSON.parse(event), { request_id: 'random' });
}

async function callAll(calls) {
  const answers = await Promise.all(calls.map(call));
  process.send({ answers: JSON.stringify(answers), logged });
  logged = [];
}

process.on('message', (calls) => {
  void callAll(calls);
});
