import { goOnLater, type Strand } from './event-loop.ts';

/** Deferred sends, in order of arrival. Of the whole process, because all hubs share one event loop. */
let waiting: (() => void)[] = [];

const strand: Strand = {
  sliceMs: 5,
  goOn: (until) => {
    const due = waiting;
    waiting = [];
    let count = 0;
    do due[count]?.();
    while (++count < due.length && performance.now() < until);
    waiting = [...due.slice(count), ...waiting];
    return waiting.length > 0;
  },
};

/** Runs a send in a later turn of the event loop, together with others for a few milliseconds in each. */
export function sendLater(work: () => void): void {
  waiting.push(work);
  goOnLater(strand);
}
