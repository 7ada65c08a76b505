import { Field, ID, InputType } from 'type-graphql';
import type { ReactionKind } from './reaction.queries.ts';
import { ReactionKindEnum } from './reaction.type.ts';

@InputType({
  description: 'A reaction to a comment. One account may react in several ways, in each of them once.',
})
export class ReactInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => ReactionKindEnum, { description: 'In which way. Repeating it changes nothing.' })
  kind!: ReactionKind;
}

@InputType({ description: 'A reaction to take back.' })
export class UnreactInput {
  @Field(() => ID, { description: 'The comment.' })
  commentId!: string;

  @Field(() => ReactionKindEnum, { description: 'Which one; if there is none, nothing changes.' })
  kind!: ReactionKind;
}
