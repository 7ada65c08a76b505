import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';

@ObjectType({ simpleResolvers: true, description: 'A session of the account that makes this request.' })
export class ViewerSession {
  @Field(() => ID, { description: 'Names the session for `endSession`; no global id.' })
  id!: string;

  @Field(() => DateTimeScalar, { description: 'The time of the sign-in.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, {
    description: 'The time at which it was refreshed last, or of the sign-in before that.',
  })
  usedAt!: Date;

  @Field(() => String, {
    nullable: true,
    description: 'The `User-Agent` of the sign-in, at most 200 characters; null: it had none.',
  })
  userAgent!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The browser of the sign-in, or the name with which another program begins its `User-Agent`; null: not known.',
  })
  browser!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The system of the sign-in: `Windows`, `iPhone`; null: not known.',
  })
  system!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The network of the sign-in: `203.0.113.0/24`, or of IPv6 a /48. More is not known of the place; null for sessions from before networks were kept.',
  })
  network!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The network from which it was refreshed last; null as `network`.',
  })
  usedNetwork!: string | null;

  @Field(() => Boolean, { description: 'Whether this request belongs to it.' })
  isCurrent!: boolean;
}
