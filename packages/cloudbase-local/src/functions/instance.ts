/**
 * One instance of a cloud function: a process that loads the built function and does one call at a time.
 * Arguments: the function's file, the name of its handler.
 */
import { createRequire } from 'node:module';
import { endOfOutput, parseCall, type Call, type Report } from './protocol';

type Handler = (event: unknown, context: unknown) => unknown;

function load(file: string, exportName: string): Handler {
  const module: unknown = createRequire(file)(file);
  const handler: unknown = Reflect.get(Object(module), exportName);
  if (typeof handler === 'function') {
    return (event, context): unknown => Reflect.apply(handler, module, [event, context]);
  }
  throw new Error(`it exports no function called ${exportName}`);
}

async function run(handler: Handler, call: Call): Promise<Report> {
  Object.assign(process.env, call.environment);
  try {
    const result = await handler(JSON.parse(call.event), call.context);
    return { type: 'result', id: call.id, json: toJson(result) };
  } catch (error) {
    console.error(error);
    return { type: 'failure', id: call.id, message: describe(error) };
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
    throw new Error(`the result cannot be written as JSON: ${describe(error)}`, { cause: error });
  }
}

/** One line; the stack is in the log. */
function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0] ?? '';
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

function main(file: string, exportName: string): void {
  // The host is gone, however it went.
  process.on('disconnect', () => process.exit());
  let handler: Handler;
  try {
    handler = load(file, exportName);
  } catch (error) {
    console.error(error);
    send({ type: 'unloadable', message: describe(error) });
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

main(process.argv[2] ?? '', process.argv[3] ?? '');
