const { createSession, overHttp } = require('token-loop-session');

module.exports = createSession({
  transport: overHttp('http://127.0.0.1:8080/api', {
    tokenHeader: (token) => ({ token }),
    // createToken does not say how long a token lives: 903 tells when it is over.
    read: ({ data }, name) =>
      name === 'gettoken' ? Object.assign({ expiresIn: 7200 }, data) : data,
  }),
  // getOrders sends its data without a code.
  isSuccess: ({ code }) => code === undefined,
});
