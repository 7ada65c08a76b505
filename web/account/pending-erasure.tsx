import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { formatTime } from '../format.ts';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { CancelErasure } from './documents.ts';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

/** Says when the account will be erased, and takes that back. @param eraseAt null: its owner has not asked for it */
export function PendingErasure({ eraseAt }: { readonly eraseAt: string | null }) {
  const [cancel, { loading }] = useMutation(CancelErasure);
  const [trouble, setTrouble] = useState<string>();
  // What was there when the page was opened does not take the focus.
  const [before] = useState(eraseAt);
  const [isKept, setKept] = useState(false);

  async function keep() {
    setTrouble(undefined);
    try {
      const { data } = await cancel();
      setTrouble(data?.cancelErasure.userErrors[0]?.message);
      setKept(data?.cancelErasure.viewer != null);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
  }

  if (eraseAt === null) return isKept && <Notice key="kept">{accountTexts.accountKept}</Notice>;
  return (
    <Notice key={eraseAt} takesFocus={eraseAt !== before}>
      <p>{accountTexts.erasePending(formatTime(eraseAt))}</p>
      <button
        type="button"
        className="button-primary"
        aria-disabled={loading}
        onClick={() => {
          if (!loading) void keep();
        }}
      >
        {accountTexts.keepAccount}
      </button>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </Notice>
  );
}
