import type { CpuMs } from './child.ts';

function cpu(): CpuMs {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Answers the questions of the bench, of which every process knows `cpu`.
 * @param answer to any other question; what it throws is thrown where it was asked
 */
export function answerParent(answer: (question: unknown) => Promise<unknown> = unknown): void {
  process.on('message', (question) => {
    const answered = question === 'cpu' ? Promise.resolve(cpu()) : answer(question);
    answered.then(
      (value) => process.send?.(value ?? null),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  // Nothing outlives the bench, however that ended.
  process.on('disconnect', () => process.exit());
}

const unknown = (question: unknown) => Promise.reject(new Error(`An unknown question: ${String(question)}`));
