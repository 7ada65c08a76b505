import { useMutation } from '@apollo/client/react';
import { Notice } from './notice.tsx';
import { accountTexts } from './texts.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { texts } from '../texts.ts';
import { canUsePasskeys } from './passkey.ts';
import { SignInWithRecoveryCode } from './passkey-documents.ts';
import { PasskeySignIn } from './passkey-sign-in.tsx';
import { useReader } from '../session/reader-context.ts';
import { begin } from '../session/begin.ts';

interface Props {
  /** `SecondStep.token`. */
  readonly token: string;
  readonly onSignedIn: () => void;
}

/** What follows the password of an account that needs two factors: its passkey, or a recovery code. */
export function SecondStep({ token, onSignedIn }: Props) {
  const reader = useReader();
  const [signIn] = useMutation(SignInWithRecoveryCode);
  return (
    <>
      <Notice>{canUsePasskeys() ? accountTexts.secondStep : accountTexts.secondStepByCode}</Notice>
      <PasskeySignIn isPrimary onSignedIn={onSignedIn} />
      <h2>{accountTexts.lostPasskey}</h2>
      <FieldsForm
        action={accountTexts.useRecoveryCode}
        pending={texts.signingIn}
        fields={[
          {
            name: 'recoveryCode',
            label: accountTexts.recoveryCode,
            hint: accountTexts.recoveryCodeHint,
            type: 'text',
            autoComplete: 'off',
          },
        ]}
        send={async (valueOf) => {
          const input = { token, recoveryCode: valueOf('recoveryCode') };
          const answer = (await signIn({ variables: { input } })).data?.signInWithRecoveryCode;
          if (answer && begin(reader, answer)) onSignedIn();
          return (answer?.userErrors ?? []).map((fault) =>
            fault.code === 'CHALLENGE_INVALID' ? { ...fault, message: accountTexts.stepOver } : fault,
          );
        }}
      />
    </>
  );
}
