import { randomUUID } from 'node:crypto';
import type { Random } from '../../../harness/random.ts';
import type { TestApp, TestUser } from '../app.ts';
import { keyIn } from '../articles.ts';
import type { ProviderDouble } from '../provider-double.ts';
import { raced, races } from './all.ts';
import { type RaceRole, raceRoles } from './declaration.ts';

/** An article on which writers compete. */
export interface RaceArticle {
  readonly id: string;
  readonly articleId: string;
  readonly slug: string;
}

/**
 * Further refusals on the article that is unpublished for a while: only editors see it then, and mutations that need a
 * public article are refused for them as well.
 */
const onTakenBack: Readonly<Record<RaceRole, readonly string[]>> = {
  READER: ['NOT_FOUND', 'WRONG_STATUS'],
  MODERATOR: ['NOT_FOUND', 'WRONG_STATUS'],
  EDITOR: ['WRONG_STATUS'],
};

/** What the writers of one run share. */
export class RaceRun {
  /** The outcomes that the writers have met, as `name` and `name: CODE`. */
  readonly #outcomes = new Set<string>();

  constructor(
    readonly articles: readonly RaceArticle[],
    readonly provider: ProviderDouble,
  ) {}

  /** The article that editors unpublish at times, and publish again: the last one. */
  get takenBack(): RaceArticle {
    const last = this.articles.at(-1);
    if (!last) throw new Error('There are articles');
    return last;
  }

  met(outcome: string): void {
    this.#outcomes.add(outcome);
  }

  /** The demanded outcomes of all races that have not occurred yet. */
  missing(): string[] {
    return Object.entries(raced)
      .flatMap(([name, { demanded = [] }]) => [name, ...demanded.map((code) => `${name}: ${code}`)])
      .filter((outcome) => !this.#outcomes.has(outcome));
  }
}

/** One of many concurrent writers; every answer that it does not expect is an error. */
export class RaceWriter {
  constructor(
    readonly run: RaceRun,
    readonly app: TestApp,
    readonly user: TestUser,
    readonly role: RaceRole,
    readonly random: Random,
  ) {}

  /** Performs one random act. */
  async act(): Promise<void> {
    const roles = raceRoles.slice(0, raceRoles.indexOf(this.role) + 1);
    const mine = roles.flatMap((role) => races.flatMap(({ acts }) => acts[role] ?? []));
    let dice = this.random.next() * mine.reduce((sum, [weight]) => sum + weight, 0);
    const [, act] = mine.find(([weight]) => (dice -= weight) < 0) ?? mine[0] ?? [];
    await act?.(this);
  }

  article(): RaceArticle {
    // The first article is the busiest.
    const { articles } = this.run;
    const article = this.random.chance(0.6) ? articles[0] : this.random.pick(articles);
    if (!article) throw new Error('There are articles');
    return article;
  }

  idempotencyKey(probability = 0.5): string | undefined {
    return this.random.chance(probability) ? randomUUID() : undefined;
  }

  /** Sometimes sends the mutation twice at once, as an impatient user does. */
  async twice(name: string, input: Record<string, unknown>): Promise<void> {
    const copies = this.random.chance(0.2) ? [1, 2] : [1];
    await Promise.all(copies.map(() => this.send(name, input)));
  }

  /** Whether the first id of an input is that of the article that is unpublished at times, or of something below it. */
  isOnTakenBack(input: Record<string, unknown>): boolean {
    // Global ids of all kinds that are raced contain the article's key first.
    const [, id] = Object.entries(input).find(([field]) => field.endsWith('Id')) ?? [];
    return keyIn(String(id)) === this.run.takenBack.articleId;
  }

  /**
   * Sends a mutation. Throws on any refusal that this writer need not tolerate.
   * @param article the article that it is about, where the input names none
   */
  async send(name: string, input: Record<string, unknown>, article?: RaceArticle): Promise<any> {
    const race = raced[name];
    if (!race) throw new Error(`No feature declares a race of ${name}`);
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const { data, errors } = await this.app.query(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${race.fields ?? ''} userErrors { code message } } }`,
      { input },
      { token: this.user.token },
    );
    if (errors) throw new Error(`${name}: ${JSON.stringify(errors)}`);
    const payload = data[name];
    const isOnTakenBack = article ? article === this.run.takenBack : this.isOnTakenBack(input);
    const tolerated: readonly string[] = [
      ...race.refusals,
      ...(race.demanded ?? []),
      ...(isOnTakenBack ? onTakenBack[this.role] : []),
    ];
    const each: { code: string; message: string }[] = (payload.results ?? []).flatMap(
      ({ userErrors }: any) => userErrors,
    );
    for (const { code, message } of [...payload.userErrors, ...each]) {
      if (!tolerated.includes(code)) throw new Error(`${name}: ${code} ${message}`);
      this.run.met(`${name}: ${code}`);
    }
    if (payload.userErrors.length === 0) this.run.met(name);
    return payload;
  }
}
