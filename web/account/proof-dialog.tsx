import { useQuery } from '@apollo/client/react';
import { useEffect, useId, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { IssuerButtons } from './issuer-buttons.tsx';
import { askPasskey, canUsePasskeys, orNoPasskey } from './passkey.ts';
import { BeginPasskeyProof, ProveByPasskey } from './passkey-documents.ts';
import { accountTexts } from './texts.ts';
import { WayByMail } from './way-by-mail.tsx';

const WaysToProve = graphql(`
  query WaysToProve {
    viewer {
      id
      email
      hasPassword
      passkeys {
        id
      }
      linkedLogins {
        id
        name
      }
    }
  }
`);

const ProveByPassword = graphql(`
  mutation ProveByPassword($input: ProveByPasswordInput!) {
    proveByPassword(input: $input) {
      provenUntil
      userErrors {
        code
        field
        message
      }
    }
  }
`);

/** The address of what asks for the proof: of the section with the focus, on a page that has sections. */
function addressHere(): string {
  const section = document.activeElement?.closest('.account-section')?.getAttribute('aria-labelledby');
  return location.pathname + location.search + (section == null ? '' : `#${section}`);
}

/** Asks the reader to prove who they are, in every way that their account has. */
export default function ProofDialog() {
  const { proof } = useReader();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the dialog takes the focus.
  const [next] = useState(addressHere);
  const { data, error, refetch } = useQuery(WaysToProve, { fetchPolicy: 'network-only' });
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  const viewer = data?.viewer;
  return (
    <dialog ref={dialog} className="proof-dialog" aria-labelledby={id} onClose={() => proof.answer(false)}>
      <h2 id={id}>{accountTexts.proofTitle}</h2>
      <p className="hint">{accountTexts.proofHint}</p>
      {viewer ? (
        <Ways
          email={viewer.email}
          hasPassword={viewer.hasPassword}
          hasPasskey={viewer.passkeys.length > 0}
          logins={viewer.linkedLogins.map(({ name }) => name)}
          next={next}
        />
      ) : error ? (
        <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
      <div className="form-foot">
        <button type="button" onClick={() => dialog.current?.close()}>
          {texts.cancel}
        </button>
      </div>
    </dialog>
  );
}

interface Ways {
  readonly email: string;
  readonly hasPassword: boolean;
  readonly hasPasskey: boolean;
  /** Names of the sites of which the account has a login. */
  readonly logins: readonly string[];
  /** Where a proof at another site, or by a mail, leads back to. */
  readonly next: string;
}

function Ways({ email, hasPassword, hasPasskey, logins, next }: Ways) {
  const { apollo, proof } = useReader();
  const mayUsePasskey = hasPasskey && canUsePasskeys();
  return (
    <>
      {hasPassword && (
        <FieldsForm
          action={accountTexts.proveByPassword}
          pending={accountTexts.proving}
          username={email}
          focusesFirst
          fields={[
            {
              name: 'password',
              label: texts.password,
              type: 'password',
              autoComplete: 'current-password',
            },
          ]}
          send={async (valueOf) => {
            const input = { password: valueOf('password') };
            const { data } = await apollo.mutate({ mutation: ProveByPassword, variables: { input } });
            if (data?.proveByPassword.provenUntil != null) proof.answer(true);
            return data?.proveByPassword.userErrors ?? [];
          }}
        />
      )}
      {mayUsePasskey && (
        <FieldsForm
          action={accountTexts.proveByPasskey}
          pending={accountTexts.proving}
          fields={[]}
          send={() =>
            orNoPasskey(async () => {
              const begun = await apollo.mutate({ mutation: BeginPasskeyProof });
              const options = begun.data?.beginPasskeyProof.options;
              if (options == null) return begun.data?.beginPasskeyProof.userErrors ?? [];
              const input = { response: await askPasskey(options) };
              const { data } = await apollo.mutate({ mutation: ProveByPasskey, variables: { input } });
              if (data?.proveByPasskey.provenUntil != null) proof.answer(true);
              return data?.proveByPasskey.userErrors ?? [];
            })
          }
        />
      )}
      <IssuerButtons purpose="prove" next={next} linked={logins} />
      {!hasPassword && (
        <p>
          {accountTexts.proofWithoutPassword} <WayByMail next={next} />
        </p>
      )}
    </>
  );
}
