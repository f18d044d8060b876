const cloud = require('wx-server-sdk');
cloud.init({ env: cloud.DYNAMIC_CURRENT_ENV });

exports.main = async (event) => {
  const reports = cloud.database().collection('reports');
  if (event.Type === 'Timer') await reports.add({ data: { trigger: event.TriggerName } });
  const { data } = await reports.limit(1).get();
  return data.map(({ trigger }) => trigger);
};
