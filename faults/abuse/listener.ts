import type { Attackers } from './attackers.ts';
import type { AttackSocket } from './attack-socket.ts';

/** Selects the whole text of each comment, as a page does. */
const query = `subscription Texts($articleId:ID!,$after:EventCursor){articleEvents(articleId:$articleId,after:$after){
  __typename cursor sequence ...on CommentEvent{comment{id bodyHtml bodyText}}}}`;

interface Shown {
  readonly sequence: number;
  readonly cursor: string;
  readonly comment?: { readonly id: string } | null;
}

/** A subscriber of a thread that selects the texts of its comments. */
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

  /** Closes the socket and resumes from an earlier cursor. */
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
