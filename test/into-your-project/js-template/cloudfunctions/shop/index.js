const cloud = require('wx-server-sdk');

cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });
const db = cloud.database();

exports.main = async () => {
  const { data } = await db.collection('orders').get();
  return { goods: data.map(({ goods }) => goods) };
};
