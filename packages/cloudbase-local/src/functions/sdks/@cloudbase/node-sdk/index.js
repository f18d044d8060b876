module.exports = require('../../bundle.js').node();
