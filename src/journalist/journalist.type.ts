import { Field, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../graphql/connection.ts';
import { encodeGlobalId } from '../graphql/global-id.ts';
import { Node } from '../graphql/node.ts';
import { maskAddresses } from '../text/addresses.ts';
import type { JournalistRow } from './journalist.queries.ts';

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

  @Field(() => String, { nullable: true, description: 'The biography as sanitised HTML.' })
  bioHtml!: string | null;

  @Field(() => String, { nullable: true, description: 'The biography as plain text.' })
  bioText!: string | null;

  static from(row: JournalistRow): Journalist {
    return Object.assign(new Journalist(), {
      id: encodeGlobalId('Journalist', row.id),
      journalistId: row.id,
      slug: row.slug,
      name: maskAddresses(row.name),
      location: row.location === null ? null : maskAddresses(row.location),
      photo: row.photoUrl,
      bioHtml: row.bioHtml,
      bioText: row.bioText,
    });
  }
}

export const JournalistEdge = edgeType(Journalist, 'Journalist');
export const JournalistConnection = countedConnectionType(Journalist, JournalistEdge, 'Journalist', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});
