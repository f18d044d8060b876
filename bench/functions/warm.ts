import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';

const reportSchema = v.object({
  codes: v.tuple([v.literal(1)]),
  ms: v.number(),
  heapEarly: v.number(),
  heapLate: v.number(),
});

/** Calls one instance again and again; heap sizes in bytes, after a collection. */
export async function measureWarm(
  file: string,
  event: object,
  env: Readonly<Record<string, string>>,
  calls: number,
): Promise<{ callsPerSecond: number; heapAfter1000: number; heapAtEnd: number }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--expose-gc',
      path.join(__dirname, 'instance.mjs'),
      file,
      JSON.stringify(event),
      String(calls),
    ],
    { env },
  );
  const { ms, heapEarly, heapLate } = v.parse(reportSchema, JSON.parse(stdout));
  return { callsPerSecond: (calls / ms) * 1000, heapAfter1000: heapEarly, heapAtEnd: heapLate };
}
