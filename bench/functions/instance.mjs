/**
 * One instance of a function in a process of its own.
 * Arguments: the function's file, the event as JSON, how many calls one after another.
 * Prints what came of it as JSON; with no arguments it is an empty Node.
 */
import console from 'node:console';
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { argv, exit, memoryUsage } from 'node:process';

const [, , file, event, count] = argv;
if (file === undefined) exit(0);

const { main } = createRequire(import.meta.url)(file);
// What the functions log is not what is measured.
console.log = () => undefined;

const heap = () => {
  globalThis.gc?.();
  return memoryUsage().heapUsed;
};
const codes = new Set();
let heapEarly = 0;
const started = performance.now();
for (let call = 0; call < Number(count); call += 1) {
  const { code } = await main(JSON.parse(event), { request_id: `bench-${call}` });
  codes.add(code);
  if (call === 999) heapEarly = heap();
}
const ms = performance.now() - started;
console.info(JSON.stringify({ codes: [...codes], ms, heapEarly, heapLate: heap() }));
exit(0);
