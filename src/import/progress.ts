import type { WriteStream } from 'node:tty';
import type { Progress } from './thread-writer.ts';

/** Documents with fewer comments are imported too fast for a progress display. */
const worthTelling = 2000;
const lineEveryMs = 3000;

/**
 * Shows the progress of a long document: on a terminal in one line that is overwritten, elsewhere with a line every few
 * seconds. `end` clears the line.
 */
export function progressOn(
  stream: Pick<WriteStream, 'write' | 'isTTY'>,
  name: string,
): { readonly report: Progress; readonly end: () => void } {
  let last = Date.now();
  let isShown = false;
  return {
    report: (done, total) => {
      if (total < worthTelling) return;
      const text = `${name}: ${done} of ${total} comments`;
      if (stream.isTTY) {
        stream.write(`\r\u001b[K${text}`);
        isShown = true;
      } else if (Date.now() - last >= lineEveryMs) {
        stream.write(`${text}\n`);
        last = Date.now();
      }
    },
    end: () => {
      if (isShown) stream.write('\r\u001b[K');
    },
  };
}
