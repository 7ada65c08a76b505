import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { sharesNameWithJournalist } from '../../articles/journalist/name-marks.ts';
import { Backer } from './campaign.type.ts';

@Resolver(() => Backer)
export class BackerResolver {
  @FieldResolver(() => Boolean, {
    description:
      'Whether a journalist of this site has this name, or one that looks the same, and the backer is not that journalist. Show it in words beside the name.',
  })
  sharesNameWithJournalist(@Root() { shown }: Backer, @Ctx() context: Context): Promise<boolean> {
    return sharesNameWithJournalist(context, shown);
  }
}
