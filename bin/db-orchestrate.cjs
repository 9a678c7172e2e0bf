#!/usr/bin/env node
// Plain old JavaScript on purpose: an older Node must get this far to be told what is needed.
'use strict';
var version = process.versions.node.split('.').map(Number);
var supported = version[0] >= 24 || (version[0] === 22 && version[1] >= 18);
if (!supported) {
  process.stderr.write(
    'db-orchestrate needs Node.js 22.18 or later (22.x), or 24 or later; this is ' + process.version + '\n' +
    'hint: Install a current Node.js, or bring one into the project with: npm install --save-dev node@24\n'
  );
  process.exit(2);
}
import('../dist/src/main.js').catch(function (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || String(error.message).indexOf('main.js') < 0) throw error;
  process.stderr.write('db-orchestrate is not built yet\nhint: Run: npm ci\n');
  process.exit(2);
});
