import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Growth of the heap, in bytes, after which garbage is collected. */
const growth = 40 * 1024 * 1024;

let collect: (() => void) | undefined;
let after = 0;

/**
 * Keeps the process small: the engine lets its heap grow by hundreds of megabytes before it collects old garbage, and a long
 * import makes a lot of it. To be called once for some hundreds of comments.
 */
export function collectGarbage(): void {
  const { heapUsed } = process.memoryUsage();
  after ||= heapUsed;
  if (heapUsed < after + growth) return;
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  after = process.memoryUsage().heapUsed;
}
