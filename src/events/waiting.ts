import type { Frame, Rendering } from './frame.ts';
import type { Member } from './member.ts';
import { sendLater } from './send-turns.ts';

/** Time after which the service turns to something else for a moment, in milliseconds. */
const sliceMs = 2;

/** Those who wait for the same thing that is being made; they know it by this object. */
export class Waiting {
  readonly members: Set<Member>;
  /** The feed's revision when the making began. */
  revision: number;

  constructor(members: Iterable<Member>, revision: number) {
    this.members = new Set(members);
    this.revision = revision;
  }

  /** The addresses of those who wait, each once. */
  *addresses(): Generator<string> {
    const seen = new Set<string>();
    for (const { address } of this.members) {
      if (seen.has(address)) continue;
      seen.add(address);
      yield address;
    }
  }

  /** In slices: thousands at once would hold up everybody else. */
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
