import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { FieldsForm } from '../layout/fields-form.tsx';
import { useReader } from '../session/reader-context.ts';
import { AccountDocument } from './documents.ts';
import { Notice } from './notice.tsx';
import { CreateRecoveryCodes } from './passkey-documents.ts';
import { orNoPasskey, proofFields, proofOf } from './proof.ts';
import { Folded } from './section.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly email: string;
  readonly hasPassword: boolean;
  readonly left: number;
}

/** How many recovery codes are left, and new ones, which are shown this once. */
export function RecoveryCodes({ email, hasPassword, left }: Props) {
  const provable = { hasPassword, hasPasskey: true };
  const { apollo } = useReader();
  const [create] = useMutation(CreateRecoveryCodes);
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <div className="account-part">
      <h3>{accountTexts.recoveryCodes}</h3>
      <p className="hint">{accountTexts.recoveryCodesHint}</p>
      <p>{accountTexts.recoveryCodesLeft(left)}</p>
      {codes && (
        <Notice key={codes[0]}>
          <p>{accountTexts.recoveryCodesMade}</p>
          <ol className="recovery-codes">
            {codes.map((code) => (
              <li key={code}>
                <code>{code}</code>
              </li>
            ))}
          </ol>
        </Notice>
      )}
      {/* The key closes and empties the form. */}
      <Folded key={codes?.[0]} title={accountTexts.makeRecoveryCodes}>
        <FieldsForm
          action={accountTexts.makeRecoveryCodes}
          pending={accountTexts.makingRecoveryCodes}
          username={email}
          fields={proofFields(provable)}
          send={(valueOf) =>
            orNoPasskey(async () => {
              const proof = await proofOf(apollo, valueOf('proof.currentPassword'), provable);
              const { data } = await create({
                variables: { input: { proof } },
                refetchQueries: [AccountDocument],
              });
              const made = data?.createRecoveryCodes.codes;
              if (made) setCodes(made);
              return data?.createRecoveryCodes.userErrors ?? [];
            })
          }
        />
      </Folded>
    </div>
  );
}
