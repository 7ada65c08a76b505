import cluster, { type Worker } from 'node:cluster';
import type { CpuMs, Memory } from './child.ts';

function ownCpu(): CpuMs {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Memory in use after garbage collection. */
function ownMemory(): Memory {
  if (!globalThis.gc) throw new Error('Memory is measured under --expose-gc');
  // Twice, because the second run frees the objects for which the first one ran a finaliser.
  for (let run = 0; run < 2; run++) globalThis.gc();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed };
}

const own = { cpu: ownCpu, memory: ownMemory } as const;

/** The answer of a worker of this process to its primary. */
interface WorkerAnswer {
  readonly answerTo: keyof typeof own;
  readonly value: unknown;
}

/** The answer of a worker; undefined: it has ended. */
function askWorker<Value>(worker: Worker, question: keyof typeof own): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const hear = (message: Partial<WorkerAnswer> | null): void => {
      // The worker has other messages for the primary as well.
      if (message?.answerTo !== question) return;
      worker.off('message', hear);
      resolve(message.value as Value);
    };
    worker.on('message', hear);
    worker.once('exit', () => resolve(undefined));
    worker.send(question, () => undefined);
  });
}

/** The answers of this process and of all its workers, if it has any. */
async function answers<Value>(question: keyof typeof own): Promise<Value[]> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const theirs = await Promise.all(workers.map((worker) => askWorker<Value>(worker, question)));
  return [own[question]() as Value, ...theirs.filter((answer) => answer !== undefined)];
}

async function cpu(): Promise<CpuMs> {
  return (await answers<CpuMs>('cpu')).reduce((sum, each) => sum + each, 0);
}

async function memory(): Promise<Memory> {
  return (await answers<Memory>('memory')).reduce((sum, { resident, heap }) => ({
    resident: sum.resident + resident,
    heap: sum.heap + heap,
  }));
}

const common: Readonly<Record<string, () => unknown>> = { cpu, memory };

/** In a worker: answers what the primary adds up. Other messages are those of the program. */
function answerPrimary(): void {
  process.on('message', (question) => {
    if (question !== 'cpu' && question !== 'memory') return;
    process.send?.({ answerTo: question, value: own[question]() } satisfies WorkerAnswer);
  });
}

/**
 * Answers the questions of the parent process; every process answers `cpu` and, under `--expose-gc`, `memory`, both with
 * its workers included.
 * @param answer answers any other question; an error is rethrown in the parent
 */
export function answerParent(answer: (question: unknown) => Promise<unknown> = unknown): void {
  if (cluster.isWorker) return answerPrimary();
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
