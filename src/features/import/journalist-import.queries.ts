import type { Queryable, Tx } from '../../platform/db/database.ts';

/** A byline with all data that a document can contain. */
export interface WholeJournalistRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly location: string | null;
  readonly photoUrl: string | null;
  readonly bioMarkdown: string | null;
}

const select = `
  SELECT id::text AS id, slug, name, location, photo_url AS "photoUrl", bio_markdown AS "bioMarkdown" FROM journalist`;

/** Locks the byline until the transaction ends. */
export async function lockJournalistBySlug(tx: Tx, slug: string): Promise<WholeJournalistRow | undefined> {
  const [row] = await tx.query<WholeJournalistRow>(`${select} WHERE slug = $1 FOR NO KEY UPDATE`, [slug]);
  return row;
}

export async function selectWholeJournalist(
  db: Queryable,
  id: string,
): Promise<WholeJournalistRow | undefined> {
  const [row] = await db.query<WholeJournalistRow>(`${select} WHERE id = $1`, [id]);
  return row;
}

export async function selectWholeJournalistBySlug(
  db: Queryable,
  slug: string,
): Promise<WholeJournalistRow | undefined> {
  const [row] = await db.query<WholeJournalistRow>(`${select} WHERE slug = $1`, [slug]);
  return row;
}

/** The columns of a byline that an import writes; a document cannot change the account. */
export interface JournalistColumns extends Omit<WholeJournalistRow, 'id'> {
  readonly bioHtml: string | null;
  readonly bioText: string | null;
}

/** Inserts the byline, or updates all these columns of an existing one. */
export async function upsertJournalist(tx: Tx, journalist: JournalistColumns): Promise<string> {
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO journalist (slug, name, location, photo_url, bio_markdown, bio_html, bio_text)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (slug) DO UPDATE SET name = excluded.name, location = excluded.location,
       photo_url = excluded.photo_url, bio_markdown = excluded.bio_markdown, bio_html = excluded.bio_html,
       bio_text = excluded.bio_text
     RETURNING id::text AS id`,
    [
      journalist.slug,
      journalist.name,
      journalist.location,
      journalist.photoUrl,
      journalist.bioMarkdown,
      journalist.bioHtml,
      journalist.bioText,
    ],
  );
  if (!row) throw new Error('A journalist was not inserted');
  return row.id;
}
