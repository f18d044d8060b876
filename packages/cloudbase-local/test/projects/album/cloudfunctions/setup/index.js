// 云函数：建立集合，给第一次来的用户一个钱包。
const cloud = require('wx-server-sdk');
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database();

exports.main = async () => {
  const { OPENID } = cloud.getWXContext();
  for (const name of ['wallets', 'transfers', 'photos']) {
    try {
      await db.createCollection(name);
    } catch (error) {
      // 集合已经存在。
    }
  }
  const wallets = db.collection('wallets');
  const { data } = await wallets.where({ _id: OPENID }).get();
  if (data.length > 0) return { coins: data[0].coins };
  await wallets.add({ data: { _id: OPENID, coins: 100 } });
  return { coins: 100 };
};
