import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { useState } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { type CommentReactionsFragment, type ReactionKind } from '../graphql/generated/graphql.ts';
import { formatNumber } from '../format.ts';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { useDiscussion } from './discussion-context.ts';
import { React as ReactDocument, Unreact } from './documents.ts';

const CommentReactionsDocument = graphql(`
  fragment CommentReactions on Comment {
    id
    viewerCanReact
    viewerReactions
    reactions {
      kind
      count
    }
  }
`);

export function CommentReactions({ from }: { readonly from: FragmentType<CommentReactionsFragment> }) {
  const { data: comment, complete } = useFragment({ fragment: CommentReactionsDocument, from });
  const discussion = useDiscussion();
  const [trouble, setTrouble] = useState<string>();
  if (!complete) return null;
  const { id, viewerCanReact, viewerReactions, reactions } = comment;

  function toggle(kind: ReactionKind, isOn: boolean): void {
    const then = {
      __typename: 'Comment' as const,
      id,
      viewerCanReact,
      viewerReactions: isOn ? viewerReactions.filter((other) => other !== kind) : [...viewerReactions, kind],
      reactions: reactions.map((each) =>
        each.kind === kind ? { ...each, count: each.count + (isOn ? -1 : 1) } : each,
      ),
    };
    const payload = { __typename: 'CommentPayload', comment: then, userErrors: [] };
    const variables = { input: { commentId: id, kind } };
    const done = isOn
      ? discussion.mutate(Unreact, variables, { unreact: payload }).then(({ data }) => data?.unreact)
      : discussion.mutate(ReactDocument, variables, { react: payload }).then(({ data }) => data?.react);
    done
      .then((answer) => setTrouble(answer?.userErrors[0]?.message))
      .catch((error: unknown) => setTrouble(messageOf(error) ?? texts.unreachable));
  }

  const buttons = reactions.map(({ kind, count }) => {
    const isOn = viewerReactions.includes(kind);
    const label = texts.reactions[kind];
    if (!viewerCanReact) {
      if (count === 0) return null;
      return (
        <span key={kind} className="reaction">
          {label} {formatNumber(count)}
        </span>
      );
    }
    return (
      <button
        key={kind}
        type="button"
        className={`reaction${isOn ? ' is-on' : ''}`}
        aria-pressed={isOn}
        onClick={() => toggle(kind, isOn)}
      >
        {label}
        {count > 0 && ` ${formatNumber(count)}`}
      </button>
    );
  });
  return (
    <>
      <span className="reactions">{buttons}</span>
      {trouble !== undefined && (
        <span className="field-error" role="alert">
          {trouble}
        </span>
      )}
    </>
  );
}
