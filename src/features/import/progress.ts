import type { WriteStream } from 'node:tty';
import type { Progress } from './thread-planner.ts';

/** Documents with fewer comments are imported too fast for a progress display. */
const worthTelling = 2000;
const lineEveryMs = 3000;

/**
 * Shows the progress of a long document: on a terminal in one line that is overwritten, elsewhere with a line every few
 * seconds. `clear` clears the line, so that another one can be written.
 */
export function progressOn(
  stream: Pick<WriteStream, 'write' | 'isTTY'>,
  name: string,
): {
  readonly read: (comments: number) => void;
  readonly report: Progress;
  readonly clear: () => void;
} {
  let last = Date.now();
  let isShown = false;
  const show = (text: string) => {
    if (stream.isTTY) {
      stream.write(`\r\u001b[K${text}`);
      isShown = true;
    } else if (Date.now() - last >= lineEveryMs) {
      stream.write(`${text}\n`);
      last = Date.now();
    }
  };
  return {
    read: (comments) => {
      if (comments % worthTelling === 0) show(`${name}: ${comments} comments read`);
    },
    report: (done, total) => {
      if (total >= worthTelling) show(`${name}: ${done} of ${total} comments`);
    },
    clear: () => {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
