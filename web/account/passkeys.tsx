import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type OwnPasskeysFragment } from '../graphql/generated/graphql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Age, Day } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { PasskeySignIn } from './passkey-sign-in.tsx';
import { canUsePasskeys, makePasskey, orNoPasskey } from './passkey.ts';
import { useReader } from '../session/reader-context.ts';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { AccountDocument } from './documents.ts';
import { Notice } from './notice.tsx';
import { AddPasskey, BeginAddPasskey, RemovePasskey, RenamePasskey } from './passkey-documents.ts';
import { programName } from './program-name.ts';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Folded, Section } from './section.tsx';
import { accountTexts } from './texts.ts';

interface Props {
  readonly account: OwnPasskeysFragment;
}

/** The account's passkeys, and the codes that replace a lost one. */
export function Passkeys({ account }: Props) {
  const reader = useReader();
  const [said, setSaid] = useState<{ readonly text: string }>();
  const { passkeys, mustProveSecondFactor } = account;
  const hasPasskey = passkeys.length > 0;
  return (
    <Section id="passkeys" title={accountTexts.passkeys}>
      <p className="hint">{accountTexts.passkeysHint}</p>
      {mustProveSecondFactor && (
        <Notice takesFocus={false}>
          <p>{hasPasskey ? accountTexts.mustUsePasskey : accountTexts.mustAddPasskey}</p>
          {hasPasskey && <PasskeySignIn isPrimary onSignedIn={() => reader.renew()} />}
        </Notice>
      )}
      {said && <Notice key={said.text}>{said.text}</Notice>}
      {hasPasskey && (
        <ul className="account-sessions">
          {passkeys.map((passkey) => (
            <li key={passkey.id}>
              <Passkey passkey={passkey} onDone={(text) => setSaid({ text })} />
            </li>
          ))}
        </ul>
      )}
      {canUsePasskeys() ? (
        <Add key={passkeys.length} account={account} onDone={(text) => setSaid({ text })} />
      ) : (
        <p className="hint">{accountTexts.cannotAddPasskeys}</p>
      )}
      {hasPasskey && <RecoveryCodes left={account.recoveryCodesLeft} />}
    </Section>
  );
}

interface DoneProps {
  /** Called with what to say. */
  readonly onDone: (text: string) => void;
}

function Passkey({
  passkey: { id, name, createdAt, usedAt },
  onDone,
}: DoneProps & { readonly passkey: OwnPasskeysFragment['passkeys'][number] }) {
  const [rename] = useMutation(RenamePasskey);
  const [remove] = useMutation(RemovePasskey);
  return (
    <div className="account-passkey">
      <p>
        <strong {...written}>{name}</strong>
      </p>
      <p className="facts">
        <span>
          {accountTexts.addedOn} <Day time={createdAt} />
        </span>
        <span>
          {usedAt === null ? (
            accountTexts.neverUsed
          ) : (
            <>
              {accountTexts.lastUsed} <Age time={usedAt} />
            </>
          )}
        </span>
      </p>
      <Folded key={name} title={accountTexts.renamePasskeyOf(name)}>
        <FieldsForm
          action={accountTexts.renamePasskey}
          pending={texts.saving}
          fields={[
            {
              name: 'name',
              label: accountTexts.passkeyName,
              type: 'text',
              autoComplete: 'off',
              initial: name,
            },
          ]}
          send={async (valueOf) => {
            const input = { passkeyId: id, name: valueOf('name') };
            const answer = (await rename({ variables: { input } })).data?.renamePasskey;
            if (answer?.viewer) onDone(accountTexts.passkeyRenamed(input.name));
            return answer?.userErrors ?? [];
          }}
        />
      </Folded>
      <Folded title={accountTexts.removePasskeyOf(name)}>
        <p className="hint">{accountTexts.removePasskeyHint}</p>
        <FieldsForm
          action={accountTexts.removePasskey}
          pending={texts.sending}
          isDangerous
          fields={[]}
          send={async () => {
            const { data } = await remove({ variables: { input: { passkeyId: id } } });
            if (data?.removePasskey.viewer) onDone(accountTexts.passkeyRemoved(name));
            return data?.removePasskey.userErrors ?? [];
          }}
        />
      </Folded>
    </div>
  );
}

function Add({ account, onDone }: DoneProps & Props) {
  const reader = useReader();
  const [beginAdd] = useMutation(BeginAddPasskey);
  const [add] = useMutation(AddPasskey);

  async function send(valueOf: (name: string) => string) {
    const begun = (await beginAdd()).data?.beginAddPasskey;
    if (begun?.options == null) return begun?.userErrors ?? [];
    const input = { response: await makePasskey(begun.options), name: valueOf('name') };
    const { data } = await add({
      variables: { input },
      refetchQueries: [AccountDocument],
      awaitRefetchQueries: true,
    });
    const added = data?.addPasskey.passkey;
    if (!added) return data?.addPasskey.userErrors ?? [];
    const text = accountTexts.passkeyAdded(added.name);
    if (!account.mustProveSecondFactor) {
      onDone(text);
      return [];
    }
    // The session has its rights now: what was loaded without them is loaded anew.
    reader.renew();
    say(text);
    return [];
  }

  return (
    <Folded title={accountTexts.addPasskey}>
      <FieldsForm
        action={accountTexts.addPasskey}
        pending={accountTexts.addingPasskey}
        fields={[
          {
            name: 'name',
            label: accountTexts.passkeyName,
            hint: accountTexts.passkeyNameHint,
            type: 'text',
            autoComplete: 'off',
            initial: programName(navigator.userAgent),
          },
        ]}
        send={(valueOf) => orNoPasskey(() => send(valueOf))}
      />
    </Folded>
  );
}
