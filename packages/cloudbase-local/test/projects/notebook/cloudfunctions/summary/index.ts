import cloud from 'wx-server-sdk';

cloud.init();

interface Event {
  titles: string[];
}

/** Says how many notes the caller has. */
export async function main({ titles }: Event): Promise<{ text: string }> {
  const { OPENID } = cloud.getWXContext();
  const who = OPENID === undefined ? '有人' : '你';
  return Promise.resolve({ text: `${who}有 ${titles.length} 条记事` });
}
