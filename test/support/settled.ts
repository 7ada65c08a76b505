import { setImmediate } from 'node:timers/promises';

/** Does something, and waits for what follows from it without anything from outside. */
export async function settled(work: () => void = () => undefined): Promise<void> {
  work();
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
