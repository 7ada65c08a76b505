import { getHeapStatistics, setFlagsFromString } from 'node:v8';
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
  // Not that of the process, which reads the memory of the whole process from the system.
  const used = getHeapStatistics().used_heap_size;
  after ||= used;
  if (used < after + growth) return;
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  after = getHeapStatistics().used_heap_size;
}
