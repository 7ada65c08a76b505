import type { WriteStream } from 'node:tty';
import type { Progress } from './thread-writer.ts';

/** Below this nobody waits long enough to wonder. */
const worthTelling = 2000;
const lineEveryMs = 3000;

/**
 * Shows how far a long document is: on a terminal in one line that is written over, elsewhere in a line every few seconds.
 * `end` clears the line.
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
