import { readMainThread } from '../abuse/main-thread.ts';

const everyMs = 10;

let worst = 0;
let isWatched = false;

const ran = (): number => readMainThread(process.pid)?.ran ?? performance.now();

/**
 * The longest time, in milliseconds, that the main thread ran without reaching its timers since the last call. CPU
 * time, so that time of other processes is excluded.
 */
export function takeLongestTurn(): number {
  if (!isWatched) watch();
  const taken = worst;
  worst = 0;
  return taken;
}

function watch(): void {
  isWatched = true;
  let last = ran();
  setInterval(() => {
    const now = ran();
    worst = Math.max(worst, now - last);
    last = now;
  }, everyMs).unref();
}
