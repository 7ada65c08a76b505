import type { SignedIn } from '../../harness/sessions.ts';

/** Amount of every pledge, in minor units. */
export const pledgeAmount = 2500;

/** A job of pledging: each backer pledges, waits for the answer, and another one follows. */
export interface PledgeJob {
  readonly seconds: number;
  /** Number of pledges that are under way at the same time. */
  readonly lanes: number;
  /** The campaign. Once everybody has backed it, the next one follows. */
  readonly campaigns: readonly string[];
  /** Those who pledge, each once to a campaign; absent: as in the job before. */
  readonly backers?: readonly SignedIn[];
}

/** A job over HTTP. */
export interface HttpPledgeJob extends PledgeJob {
  /** URL of the service, without a path. */
  readonly url: string;
}

/** Who pledges to what, one after the other. */
export class Turns {
  readonly #campaigns: readonly string[];
  readonly #backers: readonly SignedIn[];
  #count = 0;

  constructor(campaigns: readonly string[], backers: readonly SignedIn[]) {
    this.#campaigns = campaigns;
    this.#backers = backers;
  }

  next(): { readonly articleId: string; readonly backer: SignedIn } {
    const number = this.#count++;
    const articleId = this.#campaigns[Math.floor(number / this.#backers.length)];
    const backer = this.#backers[number % this.#backers.length];
    if (articleId === undefined || !backer) throw new RangeError('Everybody has backed every campaign');
    return { articleId, backer };
  }
}
