import type { Form } from '../scenario.ts';
import type { Attackers } from './attackers.ts';

/** What the attackers aim at. Ids are global ids, as the API gives them. */
export interface Targets {
  /** Of the service, without a path. */
  readonly url: string;
  readonly databaseUrl: string;
  readonly form: Form;
  /** How many times longer than promised things may take. */
  readonly leeway: number;
  /** An article with a hundred comments, each as large as a comment may be, and all of them in its log. */
  readonly largeArticle: string;
  /** An article with a hundred comments, each a reply to the one before. */
  readonly deepArticle: string;
  /** Articles that nobody else is concerned with. */
  readonly emptyArticle: string;
  readonly signedArticle: string;
  /** An article that others listen to. */
  readonly busyArticle: string;
  /** The key of a comment under `busyArticle`. */
  readonly busyComment: string;
  /** Access tokens of readers. */
  readonly readers: readonly string[];
  /** The access token of a journalist. */
  readonly journalist: string;
}

/** One kind of attack. Everything that it breaks for others is measured beside it. */
export interface Attack {
  /** For the table, in words. */
  readonly title: string;
  /** Not in the short form: others show the same there, and time is short. */
  readonly longOnly?: boolean;
  /** Sends it, and says by `expect` what did not hold. Runs in the attackers' process. */
  send(attackers: Attackers): Promise<void>;
}
