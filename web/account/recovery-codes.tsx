import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { FieldsForm } from '../layout/fields-form.tsx';
import { AccountDocument } from './documents.ts';
import { Notice } from './notice.tsx';
import { CreateRecoveryCodes } from './passkey-documents.ts';
import { Folded } from './section.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly left: number;
}

/** How many recovery codes are left, and new ones, which are shown this once. */
export function RecoveryCodes({ left }: Props) {
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
          fields={[]}
          send={async () => {
            const { data } = await create({ refetchQueries: [AccountDocument] });
            const made = data?.createRecoveryCodes.codes;
            if (made) setCodes(made);
            return data?.createRecoveryCodes.userErrors ?? [];
          }}
        />
      </Folded>
    </div>
  );
}
