import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../graphql/scalars.ts';

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

  @Field(() => Boolean, { description: 'Whether this request belongs to it.' })
  isCurrent!: boolean;
}
