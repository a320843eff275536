#!/usr/bin/env node
// Old syntax on purpose, and CommonJS: a Node that is too old must get this far to be told so.
'use strict';
var at = process.versions.node.split('.');
if (+at[0] < 22 || (+at[0] === 22 && +at[1] < 18)) {
  process.stderr.write('tombstone needs Node 22.18 or newer, this is Node ' + process.versions.node + '\n');
  process.exitCode = 2;
} else if (process.argv.length === 3 && (process.argv[2] === '--version' || process.argv[2] === '-V')) {
  process.stdout.write(require('../package.json').version + '\n');
} else {
  // until a command has answered, whatever ends this process is an error of its own
  process.exitCode = 70;
  // below the user's own directory: the default, below /tmp, is open to everybody on the machine
  var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && process.env.HOME + '/.cache');
  if (cache) require('module').enableCompileCache(cache + '/tombstone');
  // a record check without flags and configuration has a small program of its own: editors run it on every save
  var plain =
    process.argv.length > 4 &&
    process.argv[2] === 'record' &&
    process.argv[3] === 'check' &&
    !process.env.TOMBSTONE_CONFIG &&
    process.argv.slice(4).every(function (word) {
      return word === '-' || word[0] !== '-';
    });
  var loaded = plain
    ? new Promise(function (resolve) {
        resolve(require('../dist/cli/record-check.cjs'));
      })
    : import('../dist/cli/main.js');
  loaded.then(
    function (main) {
      return main.start(process);
    },
    function (error) {
      process.stderr.write(
        'tombstone cannot start: ' + error.message.split('\n')[0] + '\nexit 70: internal error\n',
      );
    },
  );
}
