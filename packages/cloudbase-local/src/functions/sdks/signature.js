// Takes the place of @cloudbase/signature-nodejs, which states no licence under which it could be passed on. This cloud
// looks at who signed, and at nothing else.
exports.sign = ({ secretId, timestamp = Math.floor(Date.now() / 1000) }) => ({
  authorization: `TC3-HMAC-SHA256 Credential=${secretId}/local/tcb/tc3_request`,
  timestamp,
});
