import { useMutation } from '@apollo/client/react';
import { graphql } from '../graphql/generated/gql.ts';
import { LinkByMail } from './link-by-mail.tsx';
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
  return (
    <LinkByMail
      title={accountTexts.forgotTitle}
      hint={accountTexts.forgotHint}
      mailed={accountTexts.resetMailed}
      request={async (email) => {
        const { data } = await requestReset({ variables: { input: { email } } });
        return data?.requestPasswordReset;
      }}
    />
  );
}
