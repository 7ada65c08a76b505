import type { Figures, World } from './world/world.ts';

/** Extent of a run: all promises, or a short form that checks within seconds that they still hold. */
export type Form = 'long' | 'short';

/**
 * One kind of fault, while readers are subscribed and writers post. The checker verifies the common promises at the
 * end.
 */
export interface Scenario {
  /** Name on the command line. */
  readonly name: string;
  /** Description of the fault. */
  readonly title: string;
  readonly needsRedis?: boolean;
  /** Needs `/proc`, and local addresses in 127.0.0.0/8. */
  readonly needsLinux?: boolean;
  /** True: left out of the short form unless named, where other scenarios cover the same in less time. */
  readonly longOnly?: boolean;
  /** True: runs after all others, because it measures and no other work may load the machine. */
  readonly alone?: boolean;
  /**
   * True: nodes that an earlier scenario has left on the site are removed before. They would take work that waits, and do it
   * by their own settings.
   */
  readonly ownNodes?: boolean;
  /** Causes the fault. @returns figures of the scenario, besides those of the checker */
  run(world: World, form: Form): Promise<Figures>;
}
