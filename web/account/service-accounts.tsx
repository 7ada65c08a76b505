import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type Role } from '../graphql/generated/graphql.ts';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { checkedOf, Checks } from './checks.tsx';
import { Notice } from './notice.tsx';
import { Folded, Section } from './section.tsx';
import { CreateServiceAccount, ServiceAccountsDocument } from './token-documents.ts';
import { tokenTexts as words } from './token-texts.ts';
import { TokensOf } from './tokens.tsx';

const roles = Object.keys(words.roleNames) as (keyof typeof words.roleNames)[];

const namesOf = (given: readonly Role[]): string =>
  roles
    .filter((role) => given.includes(role))
    .map((role) => words.roleNames[role])
    .join(' · ');

/** The accounts of the site's programs, for administrators. */
export function ServiceAccounts() {
  const { data, error, refetch } = useQuery(ServiceAccountsDocument, { fetchPolicy: 'network-only' });
  const accounts = data?.serviceAccounts;
  return (
    <Section id="service-accounts" title={words.servicesTitle}>
      <p className="hint">{words.servicesHint}</p>
      {!accounts &&
        (error ? (
          <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        ))}
      {accounts?.length === 0 && <p>{words.noServices}</p>}
      {accounts?.map(({ id, name, address, roles: given, tokens }) => (
        <div key={id} className="account-part">
          <h3 {...written}>{name}</h3>
          <p className="facts">
            <span>{address}</span>
            {namesOf(given) !== '' && <span>{namesOf(given)}</span>}
          </p>
          <Folded title={words.tokensOf(name)}>
            <TokensOf serviceAccountId={id} roles={given} tokens={tokens} onDone={() => refetch()} />
          </Folded>
        </div>
      ))}
      {accounts && <NewServiceAccount onDone={() => refetch()} />}
    </Section>
  );
}

function NewServiceAccount({ onDone }: { readonly onDone: () => Promise<unknown> }) {
  const [create] = useMutation(CreateServiceAccount);
  const [made, setMade] = useState<{ readonly id: string; readonly name: string }>();
  return (
    <>
      {made && <Notice key={made.id}>{words.serviceMade(made.name)}</Notice>}
      {/* The key closes and empties the form. */}
      <Folded key={made?.id} title={words.makeService}>
        <FieldsForm
          action={words.makeService}
          pending={words.making}
          fields={[
            {
              name: 'name',
              label: words.serviceName,
              hint: words.serviceNameHint,
              type: 'text',
              autoComplete: 'off',
            },
          ]}
          send={async (valueOf) => {
            const input = { name: valueOf('name'), roles: checkedOf(roles, valueOf) };
            const { data } = await create({ variables: { input } });
            const account = data?.createServiceAccount.serviceAccount;
            if (account) {
              setMade(account);
              await onDone();
            }
            return data?.createServiceAccount.userErrors ?? [];
          }}
        >
          <Checks legend={words.roles} choices={words.roleNames} />
        </FieldsForm>
      </Folded>
    </>
  );
}
