import type { Frame, Rendering } from './frame.ts';
import type { Member } from './member.ts';

/** How many subscribers are served before the service turns to something else for a moment. */
const sliceSize = 256;

/** So many are enough to find one that has nothing else to wait for. */
const mostAddresses = 8;

/** Those who wait for the same thing that is being made; they know it by this object. */
export class Waiting {
  readonly members: Set<Member>;
  /** The feed's revision when the making began. */
  revision: number;

  constructor(members: Iterable<Member>, revision: number) {
    this.members = new Set(members);
    this.revision = revision;
  }

  /** Some of the addresses that it is made for, each once. */
  get addresses(): readonly string[] {
    const addresses = new Set<string>();
    for (const { address } of this.members) {
      addresses.add(address);
      if (addresses.size === mostAddresses) break;
    }
    return [...addresses];
  }

  /** In slices: thousands at once would hold up everybody else. */
  wake(): void {
    const members = [...this.members];
    const wakeFrom = (start: number): void => {
      for (const member of members.slice(start, start + sliceSize)) member.wake(this);
      if (members.length > start + sliceSize) setImmediate(wakeFrom, start + sliceSize);
    };
    wakeFrom(0);
  }
}

/**
 * Those who wait for what one account gets of a frame. It goes with them: kept with the frame it would be as many renderings
 * as there are accounts, where a frame is another one for everybody.
 */
export class OwnRendering extends Waiting {
  readonly #frame: Frame;
  readonly #accountId: string | undefined;
  rendering: Rendering | undefined;

  constructor(frame: Frame, accountId: string | undefined, members: Iterable<Member>, revision: number) {
    super(members, revision);
    this.#frame = frame;
    this.#accountId = accountId;
  }

  /** @returns undefined: it is something else that was waited for */
  of(frame: Frame, accountId: string | undefined): Rendering | undefined {
    return frame === this.#frame && accountId === this.#accountId ? this.rendering : undefined;
  }
}
