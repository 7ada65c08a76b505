import type { ArticleEventKind, Change, LogEvent } from '../events/event.ts';
import type { Context } from './context.ts';
import { openEnum } from './enum.ts';

/** An event as GraphQL shows it; each type of event adds its own fields. */
export interface ShownEvent {
  readonly articleId: string;
  sequence: number;
  cursor: string;
  occurredAt: Date;
}

/** One kind of events of articles, as its feature tells of it. */
export interface EventDeclaration {
  /** What a client does with such an event. */
  readonly react: string;
  /** Makes the GraphQL object of one event. */
  readonly view: (event: LogEvent, epoch: string) => ShownEvent;
  /**
   * The length of the longest text that an event shows, in characters. `short`: at most 2,000, so that it never has to be
   * determined.
   */
  readonly textLength: 'short' | ((event: LogEvent, context: Context) => Promise<number>);
  /** What such an event changes of what earlier ones show. */
  readonly changes: Change;
  /** Whether it takes the article from those who may not see it any more. */
  readonly withdraws?: boolean;
}

/** Some kinds of events. */
export type EventDeclarations = Readonly<Partial<Record<ArticleEventKind, EventDeclaration>>>;

/** The GraphQL type of the events of a kind. */
export const typeOfEvent = (kind: string): string =>
  kind.replaceAll(/([A-Z])([A-Z]*)_?/g, (_, first: string, rest: string) => first + rest.toLowerCase());

/** The kinds that the API has, by the features of the schema that is being built. */
export const ArticleEventKindEnum = openEnum<ArticleEventKind>('ArticleEventKind', 'The kind of an event.');

/** How the events of articles are treated, by the declarations of all features. */
export class ArticleEvents {
  readonly #declared: ReadonlyMap<string, EventDeclaration>;

  constructor(declarations: EventDeclarations) {
    this.#declared = new Map(Object.entries(declarations));
  }

  /** The kinds with their descriptions in the API. */
  get described(): Readonly<Record<string, { readonly describe: string }>> {
    const describe = (type: string): string => `${/^[AEIOU]/.test(type) ? 'An' : 'A'} \`${type}\` event.`;
    return Object.fromEntries(this.kinds.map((kind) => [kind, { describe: describe(typeOfEvent(kind)) }]));
  }

  get kinds(): readonly string[] {
    return [...this.#declared.keys()];
  }

  view(event: LogEvent, epoch: string): ShownEvent {
    const declared = this.#declared.get(event.kind);
    if (!declared) throw new Error(`No view of ${event.kind}`);
    return declared.view(event, epoch);
  }

  async textLength(event: LogEvent, context: Context): Promise<number> {
    const length = this.#declared.get(event.kind)?.textLength;
    return typeof length === 'function' ? length(event, context) : 0;
  }

  /** What an event changes; anything, if its kind is that of another log. */
  readonly changeOf = (kind: string): Change => this.#declared.get(kind)?.changes ?? 'anything';

  readonly withdraws = (kind: string): boolean => this.#declared.get(kind)?.withdraws === true;
}
