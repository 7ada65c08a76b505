import { type ApolloCache } from '@apollo/client';
import { useFragment } from '@apollo/client/react';
import { graphql } from '../graphql/generated/gql.ts';
import { texts } from '../texts.ts';

const HeldEditDocument = graphql(`
  fragment HeldEdit on Comment {
    id
    viewerHeldEdit {
      status
      revision
      bodyHtml
    }
  }
`);

/** Whether the reader sees an edited text of a comment beside the public one. */
export const hasHeldEdit = (cache: ApolloCache, commentId: string): boolean =>
  cache.readFragment({
    id: cache.identify({ __typename: 'Comment', id: commentId }) ?? '',
    fragment: HeldEditDocument,
    fragmentName: 'HeldEdit',
  })?.viewerHeldEdit != null;

/** An edited text of a comment that waits for a moderator, or was rejected: visible to its author and to moderators. */
export function HeldEdit({ commentId }: { readonly commentId: string }) {
  const { data, complete } = useFragment({
    fragment: HeldEditDocument,
    fragmentName: 'HeldEdit',
    from: { __typename: 'Comment', id: commentId },
  });
  // Events do not include the field, because it also changes without an event.
  if (!complete || !data.viewerHeldEdit) return null;
  const { status, bodyHtml } = data.viewerHeldEdit;
  return <HeldText status={status} bodyHtml={bodyHtml} />;
}

export function HeldText({ status, bodyHtml }: { readonly status: string; readonly bodyHtml: string }) {
  return (
    <aside className="held-edit">
      <p className="held-edit-note">
        {status === 'REJECTED' ? texts.heldEdits.REJECTED : texts.heldEdits.PENDING}
      </p>
      {/* The service has sanitised the HTML. */}
      <div className="comment-body" dangerouslySetInnerHTML={{ __html: bodyHtml }} />
    </aside>
  );
}
