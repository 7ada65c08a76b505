#!/usr/bin/env node
// Starts the service, or runs one of its commands: standfirst [migrate|import|export|account|events|funding|agents] …
import { commands, ensureBuilt, useDist } from './checkout.js';

const [word = 'start', ...rest] = process.argv.slice(2);

if (word === '--help' || word === '-h') {
  process.stdout
    .write(`Usage: standfirst                       starts the service; settings are environment variables
       standfirst ${commands.join(' | ')} …    runs a command; --help explains it
`);
} else if (word !== 'start' && !commands.includes(word)) {
  process.stderr.write(`Unknown command: ${word}. The commands are ${commands.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  ensureBuilt();
  if (word === 'start') {
    useDist();
    endWithNpx();
  }
  // As if the program itself had been called.
  process.argv.splice(2, process.argv.length, ...rest);
  const program = word === 'start' ? 'main' : `commands/${word}`;
  await import(new URL(`../dist/src/${program}.js`, import.meta.url).href);
}

/** Stops the service when npx has been stopped: npx passes no signal on, and the service would run on without it. */
function endWithNpx() {
  if (process.env.npm_command !== 'exec') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}
