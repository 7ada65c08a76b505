import { Field, ObjectType } from 'type-graphql';
import { countedConnectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { maskAddresses } from '../../../platform/text/addresses.ts';

/** A subject of articles. */
@ObjectType({ simpleResolvers: true, implements: Node, description: 'A subject of articles.' })
export class Tag extends Node {
  readonly tagId!: string;

  @Field(() => String, { description: 'The normalised name, without `#`; unique.' })
  name!: string;

  static from(row: { readonly id: string; readonly name: string }): Tag {
    return Object.assign(new Tag(), {
      id: encodeGlobalId('Tag', row.id),
      tagId: row.id,
      name: maskAddresses(row.name),
    });
  }
}

export const TagEdge = edgeType(Tag, 'Tag');
export const TagConnection = countedConnectionType(Tag, TagEdge, 'Tag', {
  isStored: false,
  description: 'The number of edges in the whole list.',
});
