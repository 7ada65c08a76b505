import { ArgsType, Field, ID } from 'type-graphql';
import { PageArgs } from '../../../platform/graphql/page.ts';

/** Arguments of lists with more than one level. */
@ArgsType()
export class ThreadPageArgs extends PageArgs {
  @Field(() => ID, {
    nullable: true,
    description:
      'For a permalink: the page of `first` items that contains this comment, with about half of the items before it. Cannot be combined with `after`, `last` or `before`. If the comment is deeper than `maxDepth`, the page contains its ancestor at that depth. If it is not in the thread, for example because it vanished, the page is the first one and does not contain it. A comment of another article, or one that cannot be in this list, is refused.',
  })
  around?: string | null;
}
