import { reason } from '../command/tool-error';
import type { FunctionConfig } from '../project/cloudbaserc';
import { describeFault, type Fault } from '../project/fault';
import type { Outcome } from './instance-process';

/** Why a call gave no result, in the words of the cloud. */
export interface CallFailure {
  /** As `wx.cloud.callFunction` fails on the phone. */
  readonly errCode: number;
  /** As the SDK hears it in another function. */
  readonly code: string;
  /** Names the function and where it was looked for. */
  readonly message: string;
}

export function notFound(name: string, folders: string): CallFailure {
  const named = /^[\w-]{1,60}$/.test(name) ? `no function ${name}` : 'no function of that name';
  return {
    errCode: -501000,
    code: 'FUNCTION_NOT_FOUND',
    message: `FunctionName parameter could not be found: there is ${named}. Functions were looked for in ${folders}.`,
  };
}

/** cloudbaserc.json cannot be read: nobody knows which functions there are. */
export function notDeclared(error: unknown): CallFailure {
  return executeFail(reason(error));
}

/** The function cannot run as it is declared. */
export function notUsable(name: string, fault: string): CallFailure {
  return executeFail(`${name} cannot run: ${fault}`);
}

export function notBuilt(config: FunctionConfig, faults: readonly Fault[]): CallFailure {
  return executeFail(`${config.name} does not build: ${faults.map(describeFault).join('; ')}`);
}

export function failureOf(
  config: FunctionConfig,
  outcome: Exclude<Outcome, { kind: 'result' }>,
): CallFailure {
  const where = `(function ${config.name}, ${config.file})`;
  switch (outcome.kind) {
    case 'timeout':
      return {
        errCode: -504003,
        code: 'FUNCTIONS_TIME_LIMIT_EXCEEDED',
        message: `Invoking task timed out after ${config.timeoutSeconds} seconds, its timeout ${where}`,
      };
    case 'failure':
      return executeFail(`${outcome.message} ${where}`);
    case 'unloadable':
      return executeFail(`The function cannot be loaded: ${outcome.message} ${where}`);
    case 'exit':
      return executeFail(
        `Process exited before completing request: ${outcome.message}; its memory limit is ${config.memoryMegabytes} MB ${where}`,
      );
  }
}

/** The text of `errMsg` as the phone sees it. */
export function phoneMessage({ errCode, message }: CallFailure): string {
  const meaning = errCode === -504002 ? ' functions execute fail' : '';
  return `cloud.callFunction:fail Error: errCode: ${errCode}${meaning} | errMsg: ${message}`;
}

function executeFail(message: string): CallFailure {
  return { errCode: -504002, code: 'FUNCTIONS_EXECUTE_FAIL', message };
}
