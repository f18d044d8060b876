import * as v from 'valibot';
import { guard } from '../../../server/guard';
import { serve } from '../../../server/serve';
import { openCloud } from '../../../server/wx-cloud';

const text = v.pipe(v.string('应为字符串'), v.maxLength(65_536, '应为 65536 个字符以内'));
const runData = v.object({
  stepInfoList: v.array(v.object({ timestamp: v.number(), step: v.number() })),
});

export const main = serve(
  'steps',
  openCloud(),
  guard({
    fields: { encryptedData: text, iv: text },
    readsOnly: true,
    handle: async ({ encryptedData, iv }, session) => {
      const opened = await session.openData(encryptedData, iv);
      if (!opened.ok) return opened.answer;
      return { code: 1 as const, days: v.parse(runData, opened.data).stepInfoList.slice(-7) };
    },
  }),
);
