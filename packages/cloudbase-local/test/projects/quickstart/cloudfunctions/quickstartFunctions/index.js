const cloud = require('wx-server-sdk');
cloud.init({ env: 'quickstart-4g8x2' });
const db = cloud.database();

const getOpenId = async () => {
  const { OPENID, APPID } = cloud.getWXContext();
  return { openid: OPENID, appid: APPID };
};

const createCollection = async () => {
  try {
    await db.createCollection('sales');
    for (const sales of [11, 22])
      await db.collection('sales').add({ data: { region: '华东', sales } });
    return { success: true };
  } catch {
    return { success: true, data: 'create collection success' };
  }
};

const selectRecord = async () => await db.collection('sales').get();

const updateRecord = async (event) => {
  const results = event.data.map(({ _id, sales }) =>
    db.collection('sales').where({ _id }).update({ data: { sales } }),
  );
  return { success: true, updated: (await Promise.all(results)).map(({ stats }) => stats.updated) };
};

const sumRecord = async () => {
  const $ = db.command.aggregate;
  return await db
    .collection('sales')
    .aggregate()
    .group({ _id: '$region', sum: $.sum('$sales') })
    .end();
};

const getMiniProgramCode = async () => {
  const { buffer } = await cloud.openapi.wxacode.get({ path: 'pages/index/index' });
  return buffer.length;
};

exports.main = async (event, context) => {
  switch (event.type) {
    case 'getOpenId':
      return await getOpenId(event, context);
    case 'createCollection':
      return await createCollection(event, context);
    case 'selectRecord':
      return await selectRecord(event, context);
    case 'updateRecord':
      return await updateRecord(event, context);
    case 'sumRecord':
      return await sumRecord(event, context);
    case 'getMiniProgramCode':
      return await getMiniProgramCode(event, context);
  }
};
