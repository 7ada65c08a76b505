import { Session } from 'node:inspector/promises';
import { Client } from 'pg';
import { answerParent } from './answer-parent.ts';

/*
 * Preloaded into the service's own program, which needs no code for the measurement. Unlike `node --cpu-prof`, it
 * excludes the start from a profile.
 */

const session = new Session();

async function startProfile(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
}

async function endProfile(): Promise<unknown> {
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return profile;
}

let statements = 0;
// The method has many overloads; the arguments are passed on unchanged.
const prototype = Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
const { query } = prototype;
prototype.query = function (this: unknown, ...args) {
  statements += 1;
  return Reflect.apply(query, this, args);
};

answerParent(async (question) => {
  if (question === 'statements') return statements;
  if (question === 'start profile') return startProfile();
  if (question === 'end profile') return endProfile();
  throw new Error(`An unknown question: ${String(question)}`);
});
