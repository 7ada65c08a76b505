/** Time after which a place may go to a client that has none, in milliseconds. */
const turnMs = 30_000;

export interface ClientPlacesOptions {
  /** Places of the process. */
  readonly most: number;
  /** Places of one address. */
  readonly mostOfAddress: number;
}

/** There is no place for a client, or its place has gone to another one. */
export class NoPlace extends Error {
  override readonly name = 'NoPlace';
}

interface Place {
  readonly address: string;
  readonly since: number;
  readonly end: () => void;
}

/**
 * Places for what takes as long as somebody else wants. Clients that keep places refuse nobody: when all are taken, a client that has
 * fewer than another gets one of the other's, and otherwise one that somebody has had for 30 seconds.
 */
export class ClientPlaces {
  /** The oldest first. */
  readonly #taken = new Set<Place>();

  constructor(private readonly options: ClientPlacesOptions) {}

  /**
   * Takes a place.
   * @param address as `countedAddress` returns it
   * @param end called when the place has gone to another client
   * @returns gives the place back; undefined: there is none
   */
  take(address: string, end: () => void): (() => void) | undefined {
    const own = this.#of(address).length;
    const { most, mostOfAddress } = this.options;
    if (own >= mostOfAddress || (this.#taken.size >= most && !this.#makeRoom(own))) return undefined;
    const place = { address, since: performance.now(), end };
    this.#taken.add(place);
    return () => void this.#taken.delete(place);
  }

  /**
   * Does work in a place. What has lost its place goes on to its own end, which nobody waits for.
   * @throws NoPlace
   */
  async run<T>(address: string, work: () => Promise<T>): Promise<T> {
    let lose: (error: NoPlace) => void = () => undefined;
    const lost = new Promise<never>((_resolve, reject) => {
      lose = reject;
    });
    const leave = this.take(address, () => lose(new NoPlace('Another client has got the place')));
    if (!leave) throw new NoPlace('All places are taken');
    return Promise.race([work().finally(leave), lost]);
  }

  #of(address: string): readonly Place[] {
    return [...this.#taken].filter((place) => place.address === address);
  }

  /** @returns whether there is a place for a client that has `own` places */
  #makeRoom(own: number): boolean {
    const larger = [...this.#taken]
      .map((place) => ({ place, count: this.#of(place.address).length }))
      .filter(({ count }) => count > own + 1)
      .sort((one, other) => other.count - one.count)
      .map(({ place }) => place);
    const [oldest] = this.#taken;
    const hasHadTurn = own === 0 && oldest !== undefined && performance.now() - oldest.since > turnMs;
    const place = larger[0] ?? (hasHadTurn ? oldest : undefined);
    if (!place) return false;
    this.#taken.delete(place);
    place.end();
    return true;
  }
}
