// 云函数：转账。钱包是 wallets 里以 openid 为 _id 的文档。
const cloud = require('wx-server-sdk');
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database();
const _ = db.command;

exports.main = async (event) => {
  const { OPENID } = cloud.getWXContext();
  const { to, coins } = event;
  try {
    return await db.runTransaction(async (transaction) => {
      const wallets = transaction.collection('wallets');
      const { data: mine } = await wallets.doc(OPENID).get();
      if (mine.coins < coins) await transaction.rollback({ code: 'POOR', left: mine.coins });
      await wallets.doc(OPENID).update({ data: { coins: _.inc(-coins) } });
      await wallets.doc(to).update({ data: { coins: _.inc(coins) } });
      await transaction.collection('transfers').add({ data: { from: OPENID, to, coins } });
      return { code: 'OK', left: mine.coins - coins };
    });
  } catch (error) {
    if (error.code === 'POOR') return error;
    return { code: 'AGAIN', message: error.errMsg || error.message };
  }
};
