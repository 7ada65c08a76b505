import type { CpuMs, Memory } from './child.ts';

function cpu(): CpuMs {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What is in use once everything is thrown away that can be. */
function memory(): Memory {
  if (!globalThis.gc) throw new Error('Memory is measured under --expose-gc');
  // What the first run finds a finaliser for, the second one frees.
  for (let run = 0; run < 2; run++) globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed };
}

const common: Readonly<Record<string, () => unknown>> = { cpu, memory };

/**
 * Answers the questions of its parent, of which every process knows `cpu` and, under `--expose-gc`, `memory`.
 * @param answer to any other question; what it throws is thrown where it was asked
 */
export function answerParent(answer: (question: unknown) => Promise<unknown> = unknown): void {
  process.on('message', (question) => {
    const known = typeof question === 'string' ? common[question] : undefined;
    const answered = known ? Promise.resolve().then(known) : answer(question);
    answered.then(
      (value) => process.send?.(value ?? null),
      (error: unknown) =>
        process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  // Nothing outlives its parent, however that ended.
  process.on('disconnect', () => process.exit());
  if (!process.connected) process.exit();
}

const unknown = (question: unknown) => Promise.reject(new Error(`An unknown question: ${String(question)}`));
