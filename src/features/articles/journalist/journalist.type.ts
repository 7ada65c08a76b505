import { Field, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
import type { JournalistRow, ShortJournalistRow } from './journalist.queries.ts';

/** A public byline. */
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'A public byline, under which articles are published.',
})
export class Journalist extends Node {
  readonly journalistId!: string;

  @Field(() => String, { description: 'The name of the journalist in the address of their page; unique.' })
  slug!: string;

  @Field(() => String, { description: 'The name in the byline.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The journalist’s place of work as free text, such as `LONDON, UK`.',
  })
  location!: string | null;

  /** The portrait's address as it is stored. */
  readonly photo!: string | null;

  /** Short where a list has read no biographies, which shows none. */
  readonly row!: ShortJournalistRow | JournalistRow;

  @Field(() => String, {
    nullable: true,
    description: 'The biography as sanitised HTML, with `dir` on each block.',
  })
  get bioHtml(): string | null {
    const { bioHtml } = wholeRow(this.row);
    return bioHtml === null ? null : withDirections(bioHtml);
  }

  @Field(() => String, { nullable: true, description: 'The biography as plain text.' })
  get bioText(): string | null {
    return wholeRow(this.row).bioText;
  }

  static from(row: ShortJournalistRow | JournalistRow): Journalist {
    return Object.assign(new Journalist(), {
      row,
      id: encodeGlobalId('Journalist', row.id),
      journalistId: row.id,
      slug: row.slug,
      name: maskAddresses(row.name),
      location: row.location === null ? null : maskAddresses(row.location),
      photo: row.photoUrl,
    });
  }
}

/** @throws Error for a row of a list that has not read it all */
function wholeRow(row: ShortJournalistRow | JournalistRow): JournalistRow {
  if (!('bioHtml' in row)) throw new Error('The biography was not read');
  return row;
}

export const JournalistEdge = edgeType(Journalist, 'Journalist');
export const JournalistConnection = countedConnectionType(Journalist, JournalistEdge, 'Journalist', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});
