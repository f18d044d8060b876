const app = require('tcb-admin-node');
app.init({ env: app.getCurrentEnv() });

exports.main = (event, context, callback) => {
  const visits = app.database().collection('visits');
  visits
    .add({ path: event.path })
    .then(() => visits.where({ path: event.path }).get())
    .then(({ data }) => callback(null, { path: event.path, visits: data.length }), callback);
};
