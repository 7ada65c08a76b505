import { type ApolloCache } from '@apollo/client';
import { useFragment } from '@apollo/client/react';
import { graphql } from '../graphql/generated/gql.ts';
import { type DecisionKind, type OwnStateFragment } from '../graphql/generated/graphql.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';

const OwnStateDocument = graphql(`
  fragment OwnState on Comment {
    id
    status
    viewerHold {
      phase
    }
    viewerHeldEdit {
      status
      revision
      bodyHtml
      viewerHold {
        phase
      }
    }
    viewerDecision {
      decisionId
      kind
    }
  }
`);

// Few comments have any of it.
const part = partOf(() => import('../decisions/comment-state.tsx'));

/** Whether a decision against the comment is about its present state: its author may have changed it since. */
const isOf: Partial<Record<DecisionKind, (comment: OwnStateFragment) => boolean>> = {
  REJECTED: ({ status }) => status === 'REJECTED',
  REMOVED: ({ status }) => status === 'REMOVED',
  REMOVED_SINCE: ({ status }) => status === 'REMOVED',
  EDIT_REJECTED: ({ viewerHeldEdit }) => viewerHeldEdit?.status === 'REJECTED',
};

const stateOf = (cache: ApolloCache, commentId: string): OwnStateFragment | null =>
  cache.readFragment({
    id: cache.identify({ __typename: 'Comment', id: commentId }) ?? '',
    fragment: OwnStateDocument,
    fragmentName: 'OwnState',
  });

/** Whether the reader sees an edited text of a comment beside the public one. */
export const hasHeldEdit = (cache: ApolloCache, commentId: string): boolean =>
  stateOf(cache, commentId)?.viewerHeldEdit != null;

/** Whether a comment of the reader waits for a moderator. */
export const isHeld = (cache: ApolloCache, commentId: string): boolean =>
  stateOf(cache, commentId)?.status === 'PENDING';

/**
 * Below a comment, for its author: that it waits for a moderator, a new text that waits, and what was decided. Moderators see a new
 * text that waits as well.
 */
export function OwnState({ commentId }: { readonly commentId: string }) {
  const { data, complete } = useFragment({
    fragment: OwnStateDocument,
    fragmentName: 'OwnState',
    from: { __typename: 'Comment', id: commentId },
  });
  // Events do not include these fields, because they also change without an event.
  if (!complete) return null;
  const { status, viewerHold, viewerHeldEdit, viewerDecision } = data;
  const isWaiting = status === 'PENDING';
  const isDecided = viewerDecision !== null && isOf[viewerDecision.kind]?.(data) === true;
  if (!isWaiting && !viewerHeldEdit && !isDecided) return null;
  return (
    <PartOfPage
      part={part}
      props={{
        commentId,
        isWaiting,
        isDecided,
        phase: viewerHold?.phase,
        heldEdit: viewerHeldEdit ?? undefined,
      }}
      fallback={null}
    />
  );
}
