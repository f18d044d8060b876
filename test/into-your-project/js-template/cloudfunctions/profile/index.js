const cloud = require('wx-server-sdk');

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database();

exports.main = async (event, context) => {
  const { OPENID } = cloud.getWXContext();
  const { data } = await db.collection('users').where({ openid: OPENID }).get();
  if (data.length === 0) throw new Error('还没有注册');
  return { name: data[0].name };
};
