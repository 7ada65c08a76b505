import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type LinkedLoginsFragment } from '../graphql/generated/graphql.ts';
import { Age, Day } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { UnlinkLogin } from './documents.ts';
import { IssuerButtons } from './issuer-buttons.tsx';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';

/** The logins of other sites that sign in to the account, and buttons that link another one. */
export function LinkedLogins({ logins }: { readonly logins: LinkedLoginsFragment['linkedLogins'] }) {
  const [unlinkLogin] = useMutation(UnlinkLogin);
  const { isBusy, trouble, run } = useChange();
  const [said, setSaid] = useState<string>();

  async function unlink(loginId: string, name: string) {
    setSaid(undefined);
    const isDone = await run(async () => {
      const { data } = await unlinkLogin({ variables: { input: { loginId } } });
      return data?.unlinkLogin.userErrors;
    });
    if (isDone) setSaid(accountTexts.loginEnded(name));
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
                  <strong {...written}>{name}</strong>{' '}
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
      <IssuerButtons purpose="link" next={paths.account} linked={logins.map(({ name }) => name)} />
    </>
  );
}
