/**
 * One instance of a cloud function: a process that loads the function and does one call at a time.
 * Arguments: the file to load, the name of its handler, and what the function takes itself for.
 */
import { answer } from './handler';
import { keepCloudRequestsHere } from './cloud-hosts';
import { describeLoadError, describeError } from './describe-error';
import { load, type Handler } from './load';
import { endOfOutput, parseCall, type Call, type Report } from './protocol';

async function run(handler: Handler, call: Call): Promise<Report> {
  Object.assign(process.env, call.environment);
  try {
    const result = await answer(handler, JSON.parse(call.event), call.context);
    return { type: 'result', id: call.id, json: toJson(result) };
  } catch (error) {
    console.error(error);
    return { type: 'failure', id: call.id, message: describeError(error) };
  } finally {
    // The next caller is somebody else.
    for (const name of Object.keys(call.environment)) Reflect.deleteProperty(process.env, name);
  }
}

function toJson(result: unknown): string {
  try {
    const json: unknown = JSON.stringify(result);
    return typeof json === 'string' ? json : 'null';
  } catch (error) {
    throw new Error(`the result cannot be written as JSON: ${describeError(error)}`, {
      cause: error,
    });
  }
}

function send(report: Report): void {
  process.send?.(report);
}

function endOutput(id: string): Promise<unknown> {
  const line = `\n${endOfOutput(id)}\n`;
  return Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise((resolve) => stream.write(line, resolve)),
    ),
  );
}

/** The host is gone, however it went: so is this process, with all that the function started. */
function endWithHost(): void {
  process.on('disconnect', () => {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
    process.exit();
  });
}

function main(file: string, exportName: string, moduleFile: string): void {
  endWithHost();
  keepCloudRequestsHere();
  // Only Node.js itself reads it, as it starts.
  delete process.env['NODE_PATH'];
  let handler: Handler;
  try {
    handler = load(file, exportName, moduleFile);
  } catch (error) {
    console.error(error);
    send({ type: 'unloadable', message: describeLoadError(error, moduleFile) });
    return;
  }
  process.on('message', (message) => {
    const call = parseCall(message);
    void run(handler, call).then(async (report) => {
      await endOutput(call.id);
      send(report);
    });
  });
  send({ type: 'ready' });
}

main(process.argv[2] ?? '', process.argv[3] ?? '', process.argv[4] ?? '');
