import { Link } from 'wouter';
import { type ModerationActorKind } from '../graphql/generated/graphql.ts';
import { written } from '../layout/written.ts';
import { commentHash, paths } from '../paths.ts';
import { peopleTexts as words } from './people-texts.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Name of who has acted; accounts that were erased have none. */
export function actorName(actor: Named | null, kind: ModerationActorKind): string {
  if (actor) return actor.name;
  return kind === 'SYSTEM' ? words.service : kind === 'SERVICE_ACCOUNT' ? words.program : words.erased;
}

interface ActorProps {
  readonly actor: Named | null;
  readonly kind: ModerationActorKind;
}

/** Who has acted, with a link to their page of moderation. */
export function Actor({ actor, kind }: ActorProps) {
  return actor ? <PersonName person={actor} /> : <>{actorName(actor, kind)}</>;
}

/** Whom something is about, with a link to their page of moderation. */
export function PersonName({ person }: { readonly person: Named | null }) {
  if (!person) return <>{words.unknownPerson}</>;
  return (
    <Link {...written} href={paths.moderationPerson(person.id)}>
      {person.name}
    </Link>
  );
}

interface CommentProps {
  /** Null: it has vanished, or the viewer may not see it. */
  readonly comment: { readonly id: string; readonly article: { readonly slug: string } } | null;
  readonly label: string;
}

/** A comment without its text, with a link to its place. */
export function CommentName({ comment, label }: CommentProps) {
  if (!comment) return <>{label}</>;
  return <Link href={paths.article(comment.article.slug) + commentHash(comment.id)}>{label}</Link>;
}
