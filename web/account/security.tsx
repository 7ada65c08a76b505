import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { FieldsForm } from '../layout/fields-form.tsx';
import { texts } from '../texts.ts';
import { ChangePassword } from './documents.ts';
import { Notice } from './notice.tsx';
import { Folded, Section } from './section.tsx';
import { accountTexts } from './texts.ts';

/** The account's password. */
export function Security({ email }: { readonly email: string }) {
  const [changePassword] = useMutation(ChangePassword);
  const [changes, setChanges] = useState(0);
  return (
    <Section id="security" title={accountTexts.security}>
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
              name: 'currentPassword',
              label: accountTexts.currentPassword,
              type: 'password',
              autoComplete: 'current-password',
            },
            {
              name: 'newPassword',
              label: accountTexts.newPassword,
              hint: texts.passwordHint,
              type: 'password',
              autoComplete: 'new-password',
            },
          ]}
          send={async (valueOf) => {
            const input = {
              currentPassword: valueOf('currentPassword'),
              newPassword: valueOf('newPassword'),
            };
            const { data } = await changePassword({ variables: { input } });
            if (data?.changePassword.viewer) setChanges(changes + 1);
            return data?.changePassword.userErrors ?? [];
          }}
        />
      </Folded>
    </Section>
  );
}
