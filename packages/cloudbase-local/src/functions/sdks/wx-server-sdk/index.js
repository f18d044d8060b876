module.exports = require('../bundle.js').wx();
