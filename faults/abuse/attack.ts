import type { Form } from '../scenario.ts';
import type { Attackers } from './attackers.ts';

/** Targets of the attacks. Ids are global ids, as in the API. */
export interface Targets {
  /** URL of the service, without a path. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly form: Form;
  /** Factor by which promised times may be exceeded. */
  readonly leeway: number;
  /** An article with a hundred comments of the maximum size, all of them in its log. */
  readonly largeArticle: string;
  /** An article with a hundred comments, each a reply to the one before. */
  readonly deepArticle: string;
  /** Articles that no other client uses. */
  readonly emptyArticle: string;
  readonly signedArticle: string;
  /** An article with other subscribers. */
  readonly busyArticle: string;
  /** The key of a comment under `busyArticle`. */
  readonly busyComment: string;
  /** Access tokens of readers. */
  readonly readers: readonly string[];
  /** The access token of a journalist. */
  readonly journalist: string;
}

/** One kind of attack. Its effects on other clients are measured separately. */
export interface Attack {
  /** Description for the table. */
  readonly title: string;
  /** True: left out of the short form, where other attacks cover the same in less time. */
  readonly longOnly?: boolean;
  /** Sends the attack, and records broken promises by `expect`. Runs in the attackers' process. */
  send(attackers: Attackers): Promise<void>;
}
