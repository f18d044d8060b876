import CloudBase from '@cloudbase/manager-node';
import * as v from 'valibot';
import { isToolError, reason, ToolError } from 'cloudbase-local/command';
import type { Login } from './login';
import { withoutSecrets } from './secrets';

/** The cloud's API for one environment, as `@cloudbase/manager-node` calls it. */
export interface Api {
  readonly envId: string;
  readonly manager: CloudBase;
  /**
   * Makes one call and parses its answer.
   *
   * @param what - What the call is for, to begin a sentence with: "Reading the collections".
   * @throws ToolError CLOUD with the cloud's code and message, and a way on.
   */
  readonly ask: <T>(
    what: string,
    answer: v.GenericSchema<unknown, T>,
    call: () => Promise<unknown>,
  ) => Promise<T>;
}

/** For calls whose answer nobody reads. */
export const anyAnswer = v.unknown();

/** @param interrupted - Once it is aborted, no call is made any longer. */
export function openApi(login: Login, envId: string, interrupted: AbortSignal): Api {
  const manager = new CloudBase({ ...login, envId });
  const secrets = [login.secretKey, login.token ?? ''];
  const aborted = new Promise((resolve) => {
    interrupted.addEventListener('abort', resolve);
  });
  return {
    envId,
    manager,
    async ask(what, answer, call) {
      interrupted.throwIfAborted();
      const answered = Promise.resolve().then(call);
      const given = await Promise.race([answered, aborted]).catch((error: unknown) => {
        interrupted.throwIfAborted();
        throw explain(what, error, secrets);
      });
      interrupted.throwIfAborted();
      const parsed = v.safeParse(answer, given);
      if (parsed.success) return parsed.output;
      const where = v.getDotPath(parsed.issues[0]) ?? 'its whole';
      const message = `${what}: the cloud's answer is not as documented at ${where}.`;
      throw new ToolError('CLOUD', message, v.flatten(parsed.issues));
    },
  };
}

const failure = v.fallback(
  v.object({ code: v.fallback(v.string(), ''), requestId: v.fallback(v.string(), '') }),
  { code: '', requestId: '' },
);

/** @returns The cloud's code of an error, such as `ResourceNotFound.Function`; empty if it has none. */
export function cloudCode(error: unknown): string {
  return v.parse(failure, isToolError(error) ? error.cause : error).code;
}

function explain(what: string, error: unknown, secrets: readonly string[]): ToolError {
  const { code, requestId } = v.parse(failure, error);
  const id = requestId === '' ? '' : `requestId ${requestId}`;
  const facts = [code, id].filter((fact) => fact !== '').join(', ');
  const text = withoutSecrets(messageOf(error), secrets).replace(/[.。]$/, '');
  const details = facts === '' ? text : `${text} (${facts})`;
  return new ToolError('CLOUD', `${what}: ${details}.${wayOn(code, text)}`, error);
}

/** manager-node makes an error of its own, whose message is the error it met. */
function messageOf(error: unknown): string {
  const parsed = v.safeParse(v.object({ message: v.instance(Error) }), error);
  return parsed.success ? messageOf(parsed.output.message) : reason(error);
}

/** Codes common to all of the cloud's APIs: https://cloud.tencent.com/document/api/876/34812 */
function wayOn(code: string, message: string): string {
  if (code.startsWith('AuthFailure')) return ' Log in again: `npx tcb login`.';
  if (code.startsWith('UnauthorizedOperation')) {
    return ' This account may not do that: its owner grants the policies of TCB in 访问管理.';
  }
  if (code.startsWith('RequestLimitExceeded')) return ' Wait a minute, and run it again.';
  if (/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|socket|timeout|tunnel/i.test(message)) {
    return ' The cloud cannot be reached: check the network (http_proxy), and run it again.';
  }
  return '';
}
