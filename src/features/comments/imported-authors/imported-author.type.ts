import { Field, ID, Int, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';
import type { ClaimableAuthorRow } from './imported-author.queries.ts';

/** Stands in the id of an imported author where those of one comment have the article's key. */
export const noArticle = '0';

/** An author of imported comments, as whoever may claim the comments sees them. */
@ObjectType({
  simpleResolvers: true,
  description:
    'An author of comments that came from another system, with the address that the viewer has confirmed.',
})
export class ImportedAuthor {
  @Field(() => ID, { description: 'The id of the `CommentAuthor` beside the comments.' })
  id!: string;

  @Field(() => String, { description: 'The name beside the comments.' })
  name!: string;

  @Field(() => Int, { description: 'The number of the author’s public comments, up to 10,000.' })
  commentCount!: number;

  static from(row: ClaimableAuthorRow): ImportedAuthor {
    const shown = { id: encodeGlobalId('CommentAuthor', noArticle, row.id), name: maskAddresses(row.name) };
    return Object.assign(new ImportedAuthor(), row, shown);
  }
}
