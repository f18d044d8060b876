import { isSessionError, session } from '../../session/index';

Component({
  data: { days: [] as { date: string; step: number }[], text: '' },
  methods: {
    async show() {
      this.setData({ text: '加载中…' });
      this.setData(await latestSteps());
    },
  },
});

/** What the page shows: the steps of the last days, or why there are none. */
async function latestSteps(): Promise<{ days?: { date: string; step: number }[]; text: string }> {
  try {
    // Before the user is asked: a login that comes later would bring another session_key than the data's.
    await session.ready();
    const { encryptedData, iv } = await wx.getWeRunData();
    const { days } = await session.call('steps', { encryptedData, iv });
    return {
      days: days.map(({ timestamp, step }) => ({ date: dateOf(timestamp), step })),
      text: '',
    };
  } catch (error) {
    return { text: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!isSessionError(error)) return '没有取得微信运动步数的授权，点按重试';
  if (error.answer?.code === 409) return '微信登录态已更新，请再点一次';
  return `没有取到步数（${error.code}），点按重试`;
}

/** The day of so many Unix seconds, where WeChat counts steps: UTC+8. */
function dateOf(seconds: number): string {
  const day = new Date((seconds + 8 * 3600) * 1000);
  return `${day.getUTCMonth() + 1} 月 ${day.getUTCDate()} 日`;
}
