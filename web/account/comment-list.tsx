import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { messageOf } from '../graphql/error-message.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { ChangeCommentList } from './documents.ts';
import { accountTexts } from './texts.ts';

interface Props {
  /** The reader as an author of comments. */
  readonly authorId: string;
  readonly listsComments: boolean;
}

/** Whether others may page through the reader's comments. It is saved at once. */
export function CommentList({ authorId, listsComments }: Props) {
  const [change] = useMutation(ChangeCommentList);
  /** What was chosen last, until the service has it. */
  const [wanted, setWanted] = useState<boolean>();
  const [trouble, setTrouble] = useState<string>();

  async function save(lists: boolean) {
    setTrouble(undefined);
    setWanted(lists);
    try {
      await change({ variables: { input: { listsComments: lists } } });
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    // A later choice is still under way.
    setWanted((latest) => (latest === lists ? undefined : latest));
  }

  return (
    <div className="account-part">
      <h3>{accountTexts.commentList}</h3>
      <label className="check">
        <input
          type="checkbox"
          checked={wanted ?? listsComments}
          aria-describedby="comment-list-hint"
          onChange={({ target }) => void save(target.checked)}
        />
        {accountTexts.listComments}
      </label>
      <p className="hint" id="comment-list-hint">
        {accountTexts.listCommentsHint} <Link href={paths.person(authorId)}>{accountTexts.ownPage}</Link>
      </p>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
