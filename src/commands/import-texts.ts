import { parentPort } from 'node:worker_threads';
import { perform, type TextJob } from '../features/import/source/text-job.ts';

/* The thread of `import` that works on texts: it gets lists of them, and answers each with the list of their results. */

parentPort?.on('message', (jobs: readonly TextJob[]) => parentPort?.postMessage(jobs.map(perform)));
