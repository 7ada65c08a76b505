import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { type LinkedLoginsFragment } from '../graphql/generated/graphql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { paths } from '../paths.ts';
import { notYoursTexts } from '../session/not-yours-texts.ts';
import { texts } from '../texts.ts';
import { ChangePassword } from './documents.ts';
import { LinkedLogins } from './linked-logins.tsx';
import { Notice } from './notice.tsx';
import { Folded, Section } from './section.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly email: string;
  readonly hasPassword: boolean;
  readonly account: LinkedLoginsFragment;
}

/** How one signs in to the account: its password, and logins of other sites. */
export function Security({ email, hasPassword, account }: Props) {
  return (
    <Section id="security" title={accountTexts.security}>
      {hasPassword ? (
        <Password email={email} />
      ) : (
        <p>
          {accountTexts.noPassword}{' '}
          <Link href={paths.forgotPassword(paths.account)}>{accountTexts.getPassword}</Link>
        </p>
      )}
      {account.mustSignInOtherwise && (
        <Notice takesFocus={false}>
          <p>{notYoursTexts.mustSignInOtherwise}</p>
        </Notice>
      )}
      <LinkedLogins logins={account.linkedLogins} />
    </Section>
  );
}

function Password({ email }: Pick<Props, 'email'>) {
  const [changePassword] = useMutation(ChangePassword);
  const [changes, setChanges] = useState(0);
  return (
    <>
      {changes > 0 && <Notice key={changes}>{accountTexts.passwordChanged}</Notice>}
      {/* The key closes and empties the form. */}
      <Folded key={`form ${changes}`} title={accountTexts.changePassword}>
        <p className="hint">{accountTexts.changePasswordHint}</p>
        <FieldsForm
          action={accountTexts.changePassword}
          pending={texts.saving}
          username={email}
          fields={[
            {
              name: 'newPassword',
              label: accountTexts.newPassword,
              hint: texts.passwordHint,
              type: 'password',
              autoComplete: 'new-password',
            },
          ]}
          send={async (valueOf) => {
            const input = { newPassword: valueOf('newPassword') };
            const { data } = await changePassword({ variables: { input } });
            if (data?.changePassword.viewer) setChanges(changes + 1);
            return data?.changePassword.userErrors ?? [];
          }}
        />
      </Folded>
    </>
  );
}
