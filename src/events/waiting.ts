import type { Frame, Rendering } from './frame.ts';
import type { Member } from './member.ts';
import { sendLater } from './send-turns.ts';

/** Time after which the service turns to other work for a moment, in milliseconds. */
const sliceMs = 2;

/** The subscribers that wait for the same rendering; they know it by this object. */
export class Waiting {
  readonly members: Set<Member>;
  /** The feed's revision when the rendering began. */
  revision: number;

  constructor(members: Iterable<Member>, revision: number) {
    this.members = new Set(members);
    this.revision = revision;
  }

  /** The addresses of the waiting subscribers, each once. */
  *addresses(): Generator<string> {
    const seen = new Set<string>();
    for (const { address } of this.members) {
      if (seen.has(address)) continue;
      seen.add(address);
      yield address;
    }
  }

  /** Wakes members in slices: thousands at once would block everything else. */
  wake(): void {
    const members = [...this.members];
    let woken = 0;
    const wakeSome = (): void => {
      const end = performance.now() + sliceMs;
      do members[woken]?.wake(this);
      while (++woken < members.length && performance.now() < end);
      if (woken < members.length) sendLater(wakeSome);
    };
    wakeSome();
  }
}

/**
 * Subscribers that wait for one account's own rendering of an item. The rendering is released with them: kept with the
 * shared one, there would be as many renderings as accounts, for an item that is different for everybody.
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

  /** @returns undefined if another item or account was waited for */
  of(frame: Frame, accountId: string | undefined): Rendering | undefined {
    return frame === this.#frame && accountId === this.#accountId ? this.rendering : undefined;
  }
}
