// The SDKs that the local cloud brings, in one file. Each is loaded when it is asked for.
exports.wx = () => require('wx-server-sdk');
exports.node = () => require('@cloudbase/node-sdk');
