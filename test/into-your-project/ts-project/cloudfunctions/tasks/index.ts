import cloud from 'wx-server-sdk';

cloud.init();
const db = cloud.database();

export const main = async ({ done }: { done: boolean }) => {
  const { OPENID } = cloud.getWXContext();
  const found = await db.collection('tasks').where({ openid: OPENID, done }).get();
  const { data } = found as { data: { title?: string }[] };
  return { tasks: data.map(({ title }) => title) };
};
