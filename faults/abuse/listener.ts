import type { Attackers } from './attackers.ts';
import type { AttackSocket } from './attack-socket.ts';

/** The whole text of each comment, as a page asks for it. */
const query = `subscription Texts($articleId:ID!,$after:EventCursor){articleEvents(articleId:$articleId,after:$after){
  __typename cursor sequence ...on CommentEvent{comment{id bodyHtml bodyText}}}}`;

interface Shown {
  readonly sequence: number;
  readonly cursor: string;
  readonly comment?: { readonly id: string } | null;
}

/** A reader of a thread who asks for the texts of its comments. */
export class Listener {
  readonly #attackers: Attackers;
  readonly #articleId: string;
  readonly #socket: AttackSocket;
  readonly #comments = new Set<string>();
  #cursor: string | undefined;
  isLive = false;
  /** Why the stream ended; undefined: it has not. */
  ended: string | undefined;

  private constructor(attackers: Attackers, articleId: string, socket: AttackSocket) {
    this.#attackers = attackers;
    this.#articleId = articleId;
    this.#socket = socket;
  }

  static async open(attackers: Attackers, articleId: string, after?: string): Promise<Listener> {
    const listener = new Listener(attackers, articleId, await attackers.socket(attackers.newAddress()));
    listener.#subscribe(after);
    return listener;
  }

  get cursor(): string | undefined {
    return this.#cursor;
  }

  has(commentId: string): boolean {
    return this.#comments.has(commentId);
  }

  /** Goes away and comes back with a cursor of before. */
  async comeBack(after: string | undefined): Promise<Listener> {
    this.#socket.close();
    return Listener.open(this.#attackers, this.#articleId, after);
  }

  #subscribe(after: string | undefined): void {
    const variables = { articleId: this.#articleId, ...(after === undefined ? {} : { after }) };
    this.#socket.subscribe({ query, variables }, ({ type, payload }, text) => {
      if (type !== 'next' || text.includes('"errors":')) {
        this.ended ??= `${type} ${this.#socket.closeCode ?? text.slice(0, 200)}`;
        return;
      }
      this.isLive = true;
      const event = (payload as { data?: { articleEvents?: Shown | null } | null }).data?.articleEvents;
      if (!event) return;
      this.#cursor = event.cursor;
      if (event.comment) this.#comments.add(event.comment.id);
    });
  }
}
