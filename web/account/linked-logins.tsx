import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type LinkedLoginsFragment } from '../graphql/generated/graphql.ts';
import { Age, Day } from '../layout/time.tsx';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { UnlinkLogin } from './documents.ts';
import { IssuerButtons } from './issuer-buttons.tsx';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

/** The logins of other sites that sign in to the account, and buttons that link another one. */
export function LinkedLogins({ logins }: { readonly logins: LinkedLoginsFragment['linkedLogins'] }) {
  const [unlinkLogin] = useMutation(UnlinkLogin);
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<string>();
  const [trouble, setTrouble] = useState<string>();

  async function unlink(loginId: string, name: string) {
    if (isBusy) return;
    setBusy(true);
    setSaid(undefined);
    setTrouble(undefined);
    try {
      const { data } = await unlinkLogin({ variables: { input: { loginId } } });
      const refusal = data?.unlinkLogin.userErrors[0]?.message;
      if (refusal === undefined) setSaid(accountTexts.loginEnded(name));
      else setTrouble(refusal);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setBusy(false);
  }

  return (
    <>
      {said !== undefined && <Notice>{said}</Notice>}
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      {logins.length > 0 && (
        <ul className="account-sessions" aria-label={accountTexts.logins}>
          {logins.map(({ id, name, isUsable, linkedAt, usedAt }) => (
            <li key={id} className="account-session">
              <div>
                <p>
                  <strong>{name}</strong>{' '}
                  {!isUsable && <span className="badge">{accountTexts.loginUnusable}</span>}
                </p>
                <p className="facts">
                  <span>
                    {accountTexts.linkedOn} <Day time={linkedAt} />
                  </span>
                  <span>
                    {accountTexts.lastUsed} <Age time={usedAt} />
                  </span>
                </p>
              </div>
              <button
                type="button"
                aria-label={accountTexts.endLoginOf(name)}
                aria-disabled={isBusy}
                onClick={() => void unlink(id, name)}
              >
                {accountTexts.endSession}
              </button>
            </li>
          ))}
        </ul>
      )}
      <IssuerButtons purpose="link" next={paths.account} />
    </>
  );
}
