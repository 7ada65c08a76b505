import { Agent, get } from 'node:http';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { readMainThread, readResidentBytes } from './main-thread.ts';
import { type Probe, worstStall, worstWait } from './stall.ts';

export type ProbeQuestion =
  | {
      readonly do: 'begin';
      readonly pid: number;
      readonly url: string;
      readonly bareUrl: string;
      readonly controlUrl: string;
    }
  | { readonly do: 'take' };

/** Measurements since the last `begin` or `take`. Milliseconds and bytes. */
export interface Probed {
  /** The longest wait for `/health/live`, uncorrected. */
  readonly live: number;
  /** The part of it that the service itself caused. */
  readonly stall: number;
  /** The longest wait for `/health/ready`. */
  readonly ready: number;
  /** The same at the control node. */
  readonly controlReady: number;
  /** Peak of the service's resident memory. */
  readonly peak: number;
}

const everyMs = 10;
const bareEveryMs = 20;
const readyEveryMs = 100;
/** Most probes under way at a service that does not answer. */
const mostOpen = 10;

/** Probes of one URL, finished and under way. */
class Series {
  readonly #every: number;
  readonly #busyMs: () => number | undefined;
  #done: Probe[] = [];
  readonly #open = new Map<object, { begun: number; busy: number | undefined }>();
  #last = 0;

  /** @param busyMs CPU time of the server's main thread so far */
  constructor(every: number, busyMs: () => number | undefined = () => undefined) {
    this.#every = every;
    this.#busyMs = busyMs;
  }

  ask(url: string, options: { agent: Agent; localAddress: string }): void {
    const now = performance.now();
    if (now - this.#last < this.#every || this.#open.size >= mostOpen) return;
    this.#last = now;
    const started = { begun: now, busy: this.#busyMs() };
    const key = {};
    this.#open.set(key, started);
    const end = (): void => {
      if (this.#open.delete(key)) this.#done.push(this.#toProbe(started));
    };
    get(url, options, (response) => response.resume().on('end', end).on('error', end)).on('error', end);
  }

  /** Probes that ended since the last call, and the waits so far of those under way. */
  take(): Probe[] {
    const taken = [...this.#done, ...[...this.#open.values()].map((started) => this.#toProbe(started))];
    this.#done = [];
    return taken;
  }

  /** Discards all probes, including those under way. */
  clear(): void {
    this.#done = [];
    this.#open.clear();
  }

  #toProbe({ begun, busy }: { begun: number; busy: number | undefined }): Probe {
    const now = this.#busyMs();
    const busyMs = busy === undefined || now === undefined ? undefined : now - busy;
    return { begun, ended: performance.now(), busyMs };
  }
}

let target: Extract<ProbeQuestion, { do: 'begin' }> | undefined;
let peak = 0;

const mainThreadMs = (): number | undefined => target && readMainThread(target.pid)?.ran;

const live = new Series(everyMs - 2, mainThreadMs);
const bare = new Series(bareEveryMs);
const ready = new Series(readyEveryMs);
const controlReady = new Series(readyEveryMs);

// Rate limits count by address, so the probes use many.
const agents = Array.from({ length: 50 }, (_, index) => ({
  agent: new Agent({ keepAlive: true }),
  localAddress: `127.77.0.${index + 1}`,
}));
let turn = 0;

setInterval(() => {
  if (!target) return;
  const from = agents[turn++ % agents.length] ?? agents[0];
  if (!from) return;
  live.ask(`${target.url}/health/live`, from);
  bare.ask(target.bareUrl, from);
  ready.ask(`${target.url}/health/ready`, from);
  controlReady.ask(`${target.controlUrl}/health/ready`, from);
  peak = Math.max(peak, readResidentBytes(target.pid));
}, everyMs);

function take(): Probed {
  const [lives, bares] = [live.take(), bare.take()];
  return {
    live: worstWait(lives),
    stall: worstStall(lives, bares),
    ready: worstWait(ready.take()),
    controlReady: worstWait(controlReady.take()),
    peak,
  };
}

function answer(question: ProbeQuestion): unknown {
  if (question.do === 'take') return take();
  for (const series of [live, bare, ready, controlReady]) series.clear();
  target = question;
  peak = readResidentBytes(question.pid);
  return null;
}

answerParent((question) => Promise.resolve(answer(question as ProbeQuestion)));
