import type { Figures, World } from './world/world.ts';

/** How much of it: all that is promised, or a short form of it that shows within seconds that it still holds. */
export type Form = 'long' | 'short';

/** One kind of mishap, while readers listen and writers write. What has to hold in all of them the checker asks at the end. */
export interface Scenario {
  /** For the command line. */
  readonly name: string;
  /** What happens, in words. */
  readonly title: string;
  readonly needsRedis?: boolean;
  /** For `/proc`, and for addresses of one’s own in 127.0.0.0/8. */
  readonly needsLinux?: boolean;
  /** Not in the short form unless it is named: others show the same there, and time is short. */
  readonly longOnly?: boolean;
  /** Runs when all others are over: it measures, and nothing else may keep the machine busy. */
  readonly alone?: boolean;
  /** Lets it happen. @returns what there is to tell of it, besides the checker's own figures */
  run(world: World, form: Form): Promise<Figures>;
}
