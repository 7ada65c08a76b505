import { Session } from 'node:inspector/promises';
import pg from 'pg';
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
const prototype = pg.Query.prototype as unknown as { submit: (...args: unknown[]) => unknown };
const { submit } = prototype;
prototype.submit = function (this: unknown, ...args) {
  statements += 1;
  return Reflect.apply(submit, this, args);
};

answerParent(async (question) => {
  if (question === 'statements') return statements;
  if (question === 'start profile') return startProfile();
  if (question === 'end profile') return endProfile();
  throw new Error(`An unknown question: ${String(question)}`);
});
