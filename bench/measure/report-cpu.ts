import { Session } from 'node:inspector/promises';
import { answerParent } from './answer-parent.ts';

/*
 * Loaded ahead of the service's own program, which knows nothing of being measured. Unlike `node --cpu-prof`, it leaves
 * the start out of a profile.
 */

const session = new Session();

async function startProfile(): Promise<void> {
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
}

answerParent(async (question) => {
  if (question === 'start profile') return startProfile();
  if (question === 'end profile') return (await session.post('Profiler.stop')).profile;
  throw new Error(`An unknown question: ${String(question)}`);
});
