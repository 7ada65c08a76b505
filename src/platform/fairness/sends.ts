/** Time for which sending goes on in one turn of the event loop, in milliseconds. */
const sliceMs = 5;

/** Deferred sends, in order of arrival. Global, because all hubs of the process share one event loop. */
let waiting: (() => void)[] = [];
let isScheduled = false;

/** Runs a send in a later turn of the event loop, together with others for a few milliseconds in each. */
export function sendLater(work: () => void): void {
  waiting.push(work);
  schedule();
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(sendSome);
}

function sendSome(): void {
  isScheduled = false;
  const due = waiting;
  waiting = [];
  const end = performance.now() + sliceMs;
  let count = 0;
  do due[count]?.();
  while (++count < due.length && performance.now() < end);
  waiting = [...due.slice(count), ...waiting];
  if (waiting.length > 0) schedule();
}
