import { makeVar } from '@apollo/client';
import { useMutation, useReactiveVar } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { focusInPlace } from '../layout/focus.ts';
import { useReader, type Viewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { keepNext } from './awaited.ts';
import { inPlainWords } from './faults.ts';
import { accountTexts } from './texts.ts';

const RequestEmailConfirmation = graphql(`
  mutation RequestEmailConfirmation {
    requestEmailConfirmation {
      expiresAt
      userErrors {
        code
        field
        message
      }
    }
  }
`);

/** The account that has had a link mailed on this page, which may offer it in several places. */
const mailedFor = makeVar<string | undefined>(undefined);

interface Props {
  readonly viewer: Viewer;
  /** The page to which the link leads in the end. */
  readonly next: string;
}

/** A button that has a link mailed, which confirms the account's present address. */
export function MailConfirmation({ viewer, next }: Props) {
  const reader = useReader();
  const [request, { loading }] = useMutation(RequestEmailConfirmation);
  const isMailed = useReactiveVar(mailedFor) === viewer.id;
  const [presses, setPresses] = useState(0);
  const [trouble, setTrouble] = useState<string>();

  async function send() {
    setTrouble(undefined);
    try {
      const { data } = await request();
      const { expiresAt = null, userErrors = [] } = data?.requestEmailConfirmation ?? {};
      const [refusal] = inPlainWords(userErrors);
      if (expiresAt !== null) {
        keepNext(next, expiresAt);
        mailedFor(viewer.id);
        setPresses(presses + 1);
      } else if (refusal?.code === 'WRONG_STATUS') reader.renew();
      else setTrouble(refusal?.message ?? texts.failed);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
  }

  return (
    <div className="mail-confirmation">
      {isMailed && (
        <p key={presses} role="status" tabIndex={-1} ref={presses > 0 ? focusInPlace : undefined}>
          {accountTexts.emailMailed(viewer.email)}
        </p>
      )}
      <button
        type="button"
        className={isMailed ? undefined : 'button-primary'}
        aria-disabled={loading}
        onClick={() => {
          if (!loading) void send();
        }}
      >
        {isMailed ? accountTexts.sendLinkAgain : accountTexts.sendLink}
      </button>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}
