import { createHash } from 'node:crypto';
import { normaliseEmail } from '../../people/account/account.rules.ts';
import {
  formatPartialDateTime,
  type PartialDateTime,
  type Precision,
} from '../../../platform/time/partial-date-time.ts';
import { maxLikes } from '../document.ts';
import { authorName, isFromFuture, type Unkept } from '../fields.ts';
import { type CommentState, bodyDigest } from '../thread-input.ts';
import { SourceFaults } from './source-faults.ts';
import type { Place, Sink, SourceAuthor, SourceComment, SourceName, SourceThread } from './source.ts';
import { Spool } from './spool.ts';
import type { Texts } from './texts.ts';

/** What is kept of a comment beside its text. */
export interface SpooledComment {
  readonly id: string;
  readonly parentId?: string | undefined;
  readonly at: number;
  readonly precision: Precision;
  readonly state: CommentState;
  readonly name?: string | undefined;
  readonly authorKey?: string | undefined;
  readonly email?: string | undefined;
  readonly likes?: number | undefined;
  readonly digest: string | null;
  readonly place: Place;
}

const maxNameLength = 300;
const idForm = /^[A-Za-z0-9_.:-]{1,150}$/;

export interface CollectionOptions {
  readonly source: SourceName;
  /** Key of the digests that stand for authors of whom nothing but the address is known. */
  readonly secret: Buffer;
  readonly now: Date;
  readonly texts: Texts;
  readonly progress: (read: number) => void;
}

/** A batch is converted once it has this many comments, or characters of text. */
const [commentsTogether, charactersTogether] = [200, 1024 * 1024];

/** A comment that was checked, but for its text. */
interface Checked {
  readonly threadId: string;
  readonly head: Pick<SpooledComment, 'id' | 'parentId' | 'at' | 'precision' | 'place'>;
  /** What is kept of a comment that is shown; undefined: it is not public. */
  readonly said: Pick<SpooledComment, 'name' | 'likes' | 'email' | 'authorKey'> | undefined;
  readonly text: Pick<SourceComment, 'body' | 'bodyFormat'>;
}

/** A comment, and its text as it will be stored; undefined: it has none. */
type Converted = readonly [comment: Checked, text: string | Unkept | undefined];

/** Takes in what a reader finds, checks it, and keeps the comments in a temporary file. */
export class Collection implements Sink {
  readonly #faults = new SourceFaults();
  readonly threads = new Map<string, SourceThread>();
  readonly comments = new Spool<SpooledComment>();
  /** Numbers of what is not imported, by what it is. */
  readonly skipped = new Map<string, number>();
  /** The lines of all comments by their ids: an id stands for one comment, in whatever thread. */
  readonly #lines = new Map<string, number>();
  /** Comments whose texts wait to be converted, and those whose texts are being converted. */
  readonly #waiting: Checked[] = [];
  #waitingCharacters = 0;
  #converting: Promise<readonly Converted[]> = Promise.resolve([]);
  #count = 0;

  constructor(private readonly options: CollectionOptions) {}

  get count(): number {
    return this.#count;
  }

  thread(thread: SourceThread): void {
    const known = this.threads.get(thread.id);
    if (thread.id === '') this.fault(thread.place, 'the thread has no id');
    else if (known)
      this.fault(thread.place, `the thread ${thread.id} is in line ${known.place.line} already`);
    else this.threads.set(thread.id, thread);
  }

  comment(comment: SourceComment): void {
    this.#count += 1;
    this.options.progress(this.#count);
    const checked = this.#check(comment);
    if (!checked) return;
    this.#waiting.push(checked);
    this.#waitingCharacters += checked.text.body.length + checked.threadId.length;
  }

  /** While texts are converted, the next ones are read. */
  async ready(): Promise<void> {
    if (this.#waiting.length >= commentsTogether || this.#waitingCharacters >= charactersTogether)
      await this.#convert();
  }

  /** To be called once when everything was read. */
  async end(): Promise<void> {
    await this.#convert();
    await this.#convert();
  }

  /** Begins to convert the waiting texts, and stores the comments whose conversion began before. */
  async #convert(): Promise<void> {
    const before = this.#converting;
    this.#waitingCharacters = 0;
    this.#converting = Promise.all(
      this.#waiting
        .splice(0)
        .map(async (comment): Promise<Converted> => [comment, await this.#textOf(comment)]),
    );
    // It is thrown when they are kept.
    this.#converting.catch(() => undefined);
    for (const [comment, text] of await before) this.#keep(comment, text);
  }

  async #textOf({ said, text }: Checked): Promise<Converted[1]> {
    return said && this.options.texts.perform({ kind: 'keep', ...text });
  }

  /** Checks a comment but for its text. @returns undefined: it has a fault, which was noted */
  #check(comment: SourceComment): Checked | undefined {
    const { place, threadId, id, parentId, createdAt, isPublic } = comment;
    const invalid = [id, parentId].find((given) => given !== undefined && !idForm.test(given));
    if (invalid !== undefined)
      return this.fault(
        place,
        invalid === '' ? 'has no id' : `has an id that is none: ${invalid.slice(0, 40)}`,
      );
    const before = this.#lines.get(id);
    if (before !== undefined) return this.fault(place, `the comment ${id} is in line ${before} already`);
    this.#lines.set(id, place.line);
    const problem = this.#timeProblem(createdAt);
    if (createdAt === undefined || problem !== undefined)
      return this.fault(place, `the comment ${id} ${problem}`);
    return {
      threadId,
      head: { id, parentId, at: createdAt.at.getTime(), precision: createdAt.precision, place },
      said: isPublic ? this.#said(comment) : undefined,
      text: { body: isPublic ? comment.body : '', bodyFormat: comment.bodyFormat },
    };
  }

  #keep({ threadId, head, said }: Checked, text: Converted[1]): void {
    // A text of which nothing is left, such as that of a picture alone that is no link.
    const isEmpty = typeof text === 'object' && text.code === 'EMPTY_TEXT';
    if (typeof text === 'object' && !isEmpty) return this.fault(head.place, `the text ${text.fault}`);
    if (isEmpty) this.skip('comment without a text');
    if (!said) this.skip('comment that is not public');
    if (typeof text === 'string')
      this.comments.append(threadId, { ...head, ...said, state: 'SHOWN', digest: bodyDigest(text) }, text);
    else this.comments.append(threadId, { ...head, state: 'GONE', digest: null }, '');
  }

  skip(what: string): void {
    this.skipped.set(what, (this.skipped.get(what) ?? 0) + 1);
  }

  fault(place: Place, message: string): undefined {
    this.#faults.add(place, message);
    return undefined;
  }

  /** @throws SourceRefusal if anything was wrong */
  requireFaultless(): void {
    this.#faults.require();
  }

  #timeProblem(time: PartialDateTime | undefined): string | undefined {
    const year = time?.at.getUTCFullYear() ?? 0;
    if (!time || year < 1000 || year > 3000) return 'has no time that is one';
    return isFromFuture(time, this.options.now.getTime())
      ? `is from the future: ${formatPartialDateTime(time)}`
      : undefined;
  }

  /** The author and the likes of a comment that is shown. */
  #said({ author, likes }: SourceComment): NonNullable<Checked['said']> {
    const named = authorName.safeParse([...author.name].slice(0, maxNameLength).join(''));
    const count = likes === undefined ? undefined : Math.min(maxLikes, Math.max(0, likes));
    if (!named.success) return { likes: count };
    const email = author.email === undefined ? undefined : normaliseEmail(author.email);
    return { name: named.data, likes: count, email, authorKey: this.#keyOf(author, email) };
  }

  /** Who somebody is, beyond this export; undefined: nobody knows. */
  #keyOf({ id }: SourceAuthor, email: string | undefined): string | undefined {
    const { source, secret } = this.options;
    // Anybody may type anybody's address: whoever is known by an id is not the guest with the same address.
    if (id !== undefined) return `${source}:${idForm.test(id) ? id : digest(secret, id)}`;
    return email === undefined ? undefined : `${source}:mail:${digest(secret, `${source} ${email}`)}`;
  }
}

const digest = (secret: Buffer, text: string): string =>
  createHash('sha256').update(secret).update(text).digest('hex').slice(0, 40);
