import type { Peers } from './peers.ts';
import { type Bus, type HintListener, Listeners } from '../events/bus.ts';

const topic = 'hints';

/** A hint on its way to another worker: the article's id, and the number that its log has reached. */
type Hint = readonly [articleId: string, sequence: number];

/**
 * The bus of a worker: hints reach the other workers of the same node through the primary process, with and without
 * Redis, and other nodes by the bus below. With Redis a hint may arrive twice, which costs nothing.
 */
export class WorkerBus implements Bus {
  readonly #listeners = new Listeners();
  readonly #peers: Peers;
  readonly #below: Bus;

  /** @param below calls this worker's own listeners as well */
  constructor(peers: Peers, below: Bus) {
    this.#peers = peers;
    this.#below = below;
    peers.listen(topic, (news) => {
      const [articleId, sequence] = news as Hint;
      this.#listeners.call(articleId, sequence);
    });
  }

  hint(articleId: string, sequence: number): void {
    this.#below.hint(articleId, sequence);
    this.#peers.tell(topic, [articleId, sequence] satisfies Hint);
  }

  watch(articleId: string, listener: HintListener): () => void {
    this.#listeners.add(articleId, listener);
    const unwatch = this.#below.watch(articleId, listener);
    return () => {
      this.#listeners.remove(articleId, listener);
      unwatch();
    };
  }

  connected(): Promise<void> {
    return this.#below.connected();
  }

  async close(): Promise<void> {
    await this.#peers.told();
    await this.#below.close();
  }
}
