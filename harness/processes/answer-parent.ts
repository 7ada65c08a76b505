import type { CpuMs, Memory } from './child.ts';

function cpu(): CpuMs {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Memory in use after garbage collection. */
function memory(): Memory {
  if (!globalThis.gc) throw new Error('Memory is measured under --expose-gc');
  // Twice, because the second run frees the objects for which the first one ran a finaliser.
  for (let run = 0; run < 2; run++) globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed };
}

const common: Readonly<Record<string, () => unknown>> = { cpu, memory };

/**
 * Answers the questions of the parent process; every process answers `cpu` and, under `--expose-gc`, `memory`.
 * @param answer answers any other question; an error is rethrown in the parent
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
  // The process exits with its parent, however that ended.
  process.on('disconnect', () => process.exit());
  if (!process.connected) process.exit();
}

const unknown = (question: unknown) => Promise.reject(new Error(`An unknown question: ${String(question)}`));
