// Takes the place of @cloudbase/wx-cloud-client-sdk, which states no licence under which it could be passed on, and asks
// for what is not here: data models and SQL.
const refusal = (what) =>
  Object.assign(new Error(`The local cloud has no ${what}: try that in the cloud.`), {
    code: 'INVALID_ACTION',
  });

/** Has any property, and so has each of these; `call` is what a call does. */
const anything = (call) =>
  new Proxy(() => undefined, {
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : anything(call)),
    apply: call,
  });

Object.defineProperty(exports, '__esModule', { value: true });
exports.default = {
  generateHTTPClient: () => anything(() => Promise.reject(refusal('data models'))),
  // Its calls are chained before they are awaited.
  generateMySQLClient: () =>
    anything(() => {
      throw refusal('SQL databases');
    }),
};
