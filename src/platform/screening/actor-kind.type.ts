import { graphqlEnum } from '../graphql/enum.ts';
import type { ModerationActorKind } from './moderation-event-kinds.ts';

export const ModerationActorKindEnum = graphqlEnum<ModerationActorKind>(
  'ModerationActorKind',
  'Who acts in moderation.',
  {
    PERSON: 'A person.',
    SERVICE_ACCOUNT: 'A program, by the token of a service account.',
    SYSTEM: 'The service itself, by its settings.',
  },
);
