import { Field, ID, InputType } from 'type-graphql';
import type { ReactionKind } from './reaction.queries.ts';
import { ReactionKindEnum } from './reaction.type.ts';

@InputType({
  description:
    'A reaction to a comment. An account may have several reactions to one comment, but only one of each kind.',
})
export class ReactInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => ReactionKindEnum, {
    description: 'The kind of reaction. Repeating a reaction changes nothing.',
  })
  kind!: ReactionKind;
}

@InputType({ description: 'A reaction to withdraw.' })
export class UnreactInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => ReactionKindEnum, {
    description: 'The kind of reaction; if the viewer has none of this kind, nothing changes.',
  })
  kind!: ReactionKind;
}
