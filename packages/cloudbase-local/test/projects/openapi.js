/** What `local/openapi.js` of a project can be: the names of WeChat's own API, with what they answer here. */
module.exports = {
  'security.msgSecCheck': ({ content }) => ({ errCode: content.includes('risky') ? 87014 : 0 }),
  'wxacode.get': { contentType: 'image/jpeg', buffer: Buffer.from([1, 2, 3]) },
};
