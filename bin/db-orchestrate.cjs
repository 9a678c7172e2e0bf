#!/usr/bin/env node
// Old JavaScript on purpose: a Node that is too old must get this far to be told what is needed.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || major === 23 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `db-orchestrate needs Node.js 22.18 or later (22.x), or 24 or later; this is ${process.version}\n` +
      'hint: Install a current Node.js, or bring one into the project: npm install --save-dev node@24\n',
  );
  process.exit(2);
}
// Compiled code is kept for the next start, which takes half as long then; in the user's own home whatever HOME says, since it
// is run unseen.
try {
  require('node:module').enableCompileCache(
    require('node:path').join(require('node:os').userInfo().homedir, '.cache', 'db-orchestrate'),
  );
} catch {
  // A user without a name has no home either.
}
import('../dist/src/main.js').catch(error => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes('main.js')) throw error;
  process.stderr.write('db-orchestrate is not built yet\nhint: Run: npm ci\n');
  process.exit(2);
});
