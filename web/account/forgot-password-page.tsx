import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { paths } from '../paths.ts';
import { useNext } from '../session/session-form.tsx';
import { texts } from '../texts.ts';
import { keepNext } from './awaited.ts';
import { inPlainWords } from './faults.ts';
import { MailSent } from './mail-sent.tsx';
import { accountTexts } from './texts.ts';

const RequestPasswordReset = graphql(`
  mutation RequestPasswordReset($input: RequestPasswordResetInput!) {
    requestPasswordReset(input: $input) {
      expiresAt
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export default function ForgotPasswordPage() {
  const [requestReset] = useMutation(RequestPasswordReset);
  const next = useNext();
  const [typed, setTyped] = useState<string>();
  const [isMailed, setMailed] = useState(false);
  const title = accountTexts.forgotTitle;
  if (isMailed && typed !== undefined) {
    return (
      <MailSent
        title={title}
        text={accountTexts.resetMailed(typed)}
        hint={accountTexts.resetMailedHint}
        onAgain={() => setMailed(false)}
      />
    );
  }
  return (
    <div className="page narrow-page">
      <PageHead title={title} />
      <h1 tabIndex={-1}>{title}</h1>
      <p>{accountTexts.forgotHint}</p>
      <FieldsForm
        action={accountTexts.sendLink}
        pending={accountTexts.sendingLink}
        fields={[
          { name: 'email', label: texts.email, type: 'email', autoComplete: 'username', initial: typed },
        ]}
        send={async (valueOf) => {
          const email = valueOf('email').trim();
          const { data } = await requestReset({ variables: { input: { email } } });
          const { expiresAt = null, userErrors = [] } = data?.requestPasswordReset ?? {};
          if (expiresAt !== null) {
            keepNext(next, expiresAt);
            setTyped(email);
            setMailed(true);
          }
          return inPlainWords(userErrors);
        }}
      />
      <p>
        <Link href={paths.signIn(next)}>{texts.signIn}</Link>
      </p>
    </div>
  );
}
