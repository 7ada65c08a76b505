import { useRef } from 'react';
import type { QueueItem } from './queue-documents.ts';
import { queueTexts as words } from './queue-texts.ts';
import { placesOf, useMarks } from './use-marks.ts';
import { addedPlaces } from './text-changes.ts';

/** The text to decide on; where a new one waits, beside the one that is public. */
export function QueueText({ item }: { readonly item: QueueItem }) {
  const { bodyHtml, publicBodyHtml } = item;
  const match = item.hold?.match ?? null;
  if (publicBodyHtml === null) return <Marked html={bodyHtml} match={match} />;
  return (
    <div className="queue-versions">
      <div>
        <p className="queue-label">{words.publicText}</p>
        <Marked html={publicBodyHtml} match={null} other={{ html: bodyHtml, name: 'queue-taken' }} />
      </div>
      <div>
        <p className="queue-label">{words.newText}</p>
        <Marked html={bodyHtml} match={match} other={{ html: publicBodyHtml, name: 'queue-added' }} />
      </div>
    </div>
  );
}

interface MarkedProps {
  readonly html: string;
  readonly match: string | null;
  /** The other version: what this one has and that one has not is marked. */
  readonly other?: { readonly html: string; readonly name: string };
}

function Marked({ html, match, other }: MarkedProps) {
  const body = useRef<HTMLDivElement>(null);
  useMarks(body, 'queue-match', (text) => placesOf(text, match), `${match} ${html}`);
  useMarks(
    body,
    other?.name ?? 'queue-match',
    (text) => (other ? addedPlaces(textOf(other.html), text) : []),
    `${other?.html} ${html}`,
  );
  // The service has sanitised the HTML, as docs/decisions/ explains.
  return <div ref={body} className="comment-body" lang="" dangerouslySetInnerHTML={{ __html: html }} />;
}

/** The text of HTML, without showing it: nothing in it is loaded or run. */
const textOf = (html: string): string =>
  new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '';
