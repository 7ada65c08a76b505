/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { KeptLoader } from '../../../src/platform/kept/kept-loader.ts';
import { KeptRows } from '../../../src/platform/kept/kept-rows.ts';
import { RequestClock } from '../../../src/platform/kept/request-clock.ts';
import { SiteClock } from '../../../src/platform/kept/site-clock.ts';
import type { Queryable } from '../../../src/platform/db/database.ts';

/** A site with one article, whose head, site revision and rows the test sets. */
class Site implements Queryable {
  head = 4;
  revision = 0;
  questions = 0;
  /** Called while a row is read, before the read's own moment. */
  beforeRead: () => void = () => undefined;

  readonly clock = new SiteClock(this, () => false);
  readonly rows = new KeptRows(1_000_000);

  query<Row>(): Promise<Row[]> {
    this.questions += 1;
    const { revision, head } = this;
    return Promise.resolve([
      { log: 'run epoch', revision: String(revision), everything: String(head), heads: String(head) } as Row,
    ]);
  }

  /** The loaders of one request: the article by its id and by its slug, and the list of its comments. */
  request() {
    const clock = new RequestClock(this.clock, this.rows);
    const read = () => {
      this.beforeRead();
      this.beforeRead = () => undefined;
      return Promise.resolve({ head: this.head, revision: this.revision });
    };
    const source = { load: read, loadMany: () => Promise.resolve([]), prime: () => undefined };
    const headOf = ({ head }: { head: number }) => ({ articleId: '1', epoch: 'epoch', head });
    const of = { keyText: (key: string) => key, isPublic: () => true };
    return {
      bySlug: new KeptLoader('slug', { ...of, articleOf: () => undefined, headOf }, clock, source),
      byId: new KeptLoader('id', { ...of, articleOf: () => '1', headOf }, clock, source),
      comments: new KeptLoader('comments', { ...of, articleOf: () => '1' }, clock, source),
    };
  }
}

describe('rows of one request', () => {
  it('are never older than the article’s row, whose head is the cursor from which the client goes on', async () => {
    const site = new Site();
    await site.request().bySlug.load('slug');
    site.head = 5;
    await site.clock.ask(['1']);
    await site.request().comments.load('1');
    const later = site.request();
    // The article's kept row is outdated, the comments' one is not: until an event is added while the row is read.
    site.beforeRead = () => (site.head = 6);
    expect(await later.bySlug.load('slug')).toMatchObject({ head: 6 });
    expect(await later.comments.load('1')).toMatchObject({ head: 6 });
  });

  it('are checked by what was asked after the request arrived, whatever is known from before', async () => {
    const site = new Site();
    const first = site.request();
    await first.bySlug.load('slug');
    await first.comments.load('1');
    // A name has changed, and nobody has asked since.
    site.revision = 1;
    const later = site.request();
    await later.byId.load('1');
    expect(await later.comments.load('1')).toMatchObject({ revision: 1 });
  });

  it('come from memory while nothing has changed, after one question', async () => {
    const site = new Site();
    const first = site.request();
    const [article, comments] = [await first.bySlug.load('slug'), await first.comments.load('1')];
    const before = site.questions;
    const later = site.request();
    expect(await later.bySlug.load('slug')).toBe(article);
    expect(await later.comments.load('1')).toBe(comments);
    expect(site.questions).toBe(before + 1);
  });
});
