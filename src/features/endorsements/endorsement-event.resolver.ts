import { Ctx, FieldResolver, ID, Resolver, Root } from 'type-graphql';
import { EventOmitted } from '../articles/article/article-event.type.ts';
import { requireArticle } from '../articles/article/article.show.ts';
import { Article } from '../articles/article/article.type.ts';
import type { Edge } from '../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../platform/graphql/global-id.ts';
import type { Context } from '../../platform/graphql/context.ts';
import { EndorsementAdded, EndorsementEvent, EndorsementUpdated } from './endorsement-event.type.ts';
import { endorsementEvents } from './endorsement-events.ts';
import { endorsementByKey, endorsementCursor } from './endorsement.loader.ts';
import { Endorsement, EndorsementEdge } from './endorsement.type.ts';

/**
 * The endorsement of an event, in its current state; null if the endorsement was withdrawn since.
 * @throws RequestError NOT_FOUND once the article was unpublished, which must not be mistaken for a withdrawal
 */
async function edgeOf(
  { articleId, subjectId: id }: EndorsementAdded | EndorsementUpdated,
  context: Context,
): Promise<Edge<Endorsement> | null> {
  const row = await context.loaders.get(endorsementByKey).load({ articleId, id });
  if (!row?.listed) return null;
  await requireArticle(context, articleId);
  return { cursor: endorsementCursor('all', row), node: Endorsement.from(row) };
}

async function endorsementOf(
  event: EndorsementAdded | EndorsementUpdated,
  context: Context,
): Promise<Endorsement | null> {
  return (await edgeOf(event, context))?.node ?? null;
}

/** Fields of the events of endorsements. */
@Resolver(() => EndorsementEvent)
export class EndorsementEventResolver {
  @FieldResolver(() => Article, { description: 'The article as it is now, with its `endorsementCount`.' })
  article(@Root() event: EndorsementEvent, @Ctx() context: Context): Promise<Article> {
    return requireArticle(context, event.articleId);
  }
}

@Resolver(() => EndorsementAdded)
export class EndorsementAddedResolver {
  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The endorsement; null if it was withdrawn since.',
  })
  endorsement(@Root() event: EndorsementAdded, @Ctx() context: Context): Promise<Endorsement | null> {
    return endorsementOf(event, context);
  }

  @FieldResolver(() => EndorsementEdge, {
    nullable: true,
    description:
      'The endorsement as an edge of `Article.endorsements`, to be inserted first; null if it was withdrawn since.',
  })
  endorsementEdge(
    @Root() event: EndorsementAdded,
    @Ctx() context: Context,
  ): Promise<Edge<Endorsement> | null> {
    return edgeOf(event, context);
  }
}

@Resolver(() => EndorsementUpdated)
export class EndorsementUpdatedResolver {
  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The endorsement as it is now; null if it was withdrawn since.',
  })
  endorsement(@Root() event: EndorsementUpdated, @Ctx() context: Context): Promise<Endorsement | null> {
    return endorsementOf(event, context);
  }
}

/** The endorsement of an event that is too large. */
@Resolver(() => EventOmitted)
export class OmittedEndorsementResolver {
  @FieldResolver(() => ID, {
    nullable: true,
    description:
      'The id of the event’s endorsement; null for an event of another kind. If no endorsement is found by this id, remove it from the page.',
  })
  omittedEndorsementId(@Root() { kind, articleId, subjectId }: EventOmitted): string | null {
    return kind in endorsementEvents && subjectId !== null
      ? encodeGlobalId('Endorsement', articleId, subjectId)
      : null;
  }
}
