import * as v from 'valibot';
import type { Environment } from './environments';
import { action, ApiError, type Actions } from './protocol';

/** What names a function in each call. */
export const named = { Namespace: v.optional(v.string(), 'default'), FunctionName: v.string() };

const triggers = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ TriggerName: v.string(), Type: v.string(), TriggerDesc: v.string() })),
);

/** Seven fields, from second to year (cloud.tencent.com/document/product/583/9708). */
const cron = /^\S+(?: \S+){6}$/;

/** The actions of `scf` on triggers; one of the same name takes the place of the one before. */
export function triggerActions(environmentOf: (namespace: string) => Environment): Actions {
  return {
    BatchCreateTrigger: action(v.object({ ...named, Triggers: triggers }), (request) => {
      const { functions } = environmentOf(request.Namespace);
      functions.ready(request.FunctionName, 'CreateTrigger');
      const { triggers } = functions.get(request.FunctionName);
      for (const { TriggerDesc } of request.Triggers) checkCron(TriggerDesc);
      for (const { TriggerName, Type, TriggerDesc } of request.Triggers) {
        triggers.set(TriggerName, { name: TriggerName, type: Type, description: TriggerDesc });
      }
      return {};
    }),
    DeleteTrigger: action(v.object({ ...named, TriggerName: v.string() }), (request) => {
      const { triggers } = environmentOf(request.Namespace).functions.get(request.FunctionName);
      if (triggers.delete(request.TriggerName)) return {};
      throw new ApiError('ResourceNotFound.Trigger', `触发器 ${request.TriggerName} 不存在。`);
    }),
  };
}

function checkCron(text: string): void {
  if (cron.test(text)) return;
  throw new ApiError('InvalidParameterValue.TriggerDesc', `触发器的 cron 表达式 ${text} 不正确。`);
}
