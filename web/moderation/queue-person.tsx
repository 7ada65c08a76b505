import { Link } from 'wouter';
import { formatDay, formatNumber } from '../format.ts';
import { Portrait } from '../layout/portrait.tsx';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import type { QueueItem } from './queue-documents.ts';
import { queueTexts as words } from './queue-texts.ts';

/** Who has written the comment, and how they stand. */
export function QueuePerson({ item: { person, comment } }: { readonly item: QueueItem }) {
  const name = person?.name ?? comment.author?.name ?? words.nobody;
  if (!person)
    return (
      <div className="queue-person">
        <p {...written} className="queue-name">
          {name}
        </p>
        <p className="hint">{words.noAccount}</p>
      </div>
    );
  const { commentCounts, reportsReceived, suspension, premoderation, roles, createdAt, author } = person;
  const shownRoles = roles.flatMap((role) => words.roles[role] ?? []);
  const sanctions = [suspension, premoderation].filter((sanction) => sanction !== null);
  const received = [
    [reportsReceived.open, words.open],
    [reportsReceived.upheld, words.upheld],
    [reportsReceived.dismissed + reportsReceived.badFaith, words.dismissed],
  ] as const;
  const counts = [
    [commentCounts.published, words.published],
    [commentCounts.pending, words.pending],
    [commentCounts.rejected, words.rejected],
    [commentCounts.removed, words.removed],
  ] as const;
  return (
    <div className="queue-person">
      <p className="queue-name">
        <Portrait name={name} photoUrl={author.avatarUrl} size={24} />
        <Link
          {...written}
          href={paths.moderationPerson(person.id)}
          aria-keyshortcuts="p"
          data-action="person"
        >
          {name}
        </Link>
      </p>
      {(sanctions.length > 0 || shownRoles.length > 0) && (
        <p className="queue-badges">
          {shownRoles.map((role) => (
            <span key={role} className="badge">
              {role}
            </span>
          ))}
          {sanctions.map(({ kind, until }) => (
            <span key={kind} className="badge is-sanction">
              {(words as unknown as Record<string, string>)[kind] ?? kind}
              {until !== null && ` ${words.until(until)}`}
            </span>
          ))}
        </p>
      )}
      <p className="hint">{words.accountSince(formatDay(createdAt))}</p>
      <dl>
        <Counts name={words.comments} counts={counts} />
        <Counts name={words.reportsReceived} counts={received} />
      </dl>
      <p>
        <Link className="queue-only" href={`${paths.moderation}?person=${encodeURIComponent(person.id)}`}>
          {words.onlyPerson}
        </Link>
      </p>
    </div>
  );
}

interface CountsProps {
  readonly name: string;
  readonly counts: readonly (readonly [number, string])[];
}

/** Numbers with what they count; those that are zero are left out. */
function Counts({ name, counts }: CountsProps) {
  const shown = counts.filter(([count]) => count > 0);
  return (
    <div>
      <dt>{name}</dt>
      <dd className="facts">
        {shown.length === 0 && <span>{words.none}</span>}
        {shown.map(([count, label]) => (
          <span key={label}>
            <b>{formatNumber(count)}</b> {label}
          </span>
        ))}
      </dd>
    </div>
  );
}
