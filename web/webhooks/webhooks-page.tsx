import './webhooks.css';
import { useApolloClient, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { Notice } from '../account/notice.tsx';
import { Secret } from '../account/secret.tsx';
import { Folded } from '../account/section.tsx';
import { keyOf, settle } from '../campaign/sent.ts';
import { messageOf } from '../graphql/error-message.ts';
import { type WebhookPartsFragment, type WebhooksQuery } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { written } from '../layout/written.ts';
import { articleOfPath, paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { Administrators } from './administrators.tsx';
import { CreateWebhook, WebhookArticle, WebhooksDocument } from './documents.ts';
import { Maker, Queue, Status, Trouble as Failing } from './state.tsx';
import { webhookTexts as words } from './texts.ts';
import { WebhookForm } from './webhook-form.tsx';

/** The endpoints to which events of the site are sent, for administrators. */
export default function WebhooksPage() {
  return (
    <Administrators>
      <Webhooks />
    </Administrators>
  );
}

function Webhooks() {
  const { data, error, refetch } = useQuery(WebhooksDocument, { fetchPolicy: 'network-only' });
  const webhooks = data?.webhooks;
  return (
    <div className="page webhooks-page">
      <PageHead title={words.title} />
      <h1 tabIndex={-1}>{words.title}</h1>
      <p className="hint">{words.hint}</p>
      {webhooks ? (
        <>
          {webhooks.length === 0 && <p>{words.none}</p>}
          {webhooks.length > 0 && (
            <ul className="webhooks">
              {webhooks.map((webhook) => (
                <Item key={webhook.id} webhook={webhook} />
              ))}
            </ul>
          )}
          <NewWebhook accounts={data.serviceAccounts ?? []} onDone={() => refetch()} />
        </>
      ) : error ? (
        <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Item({ webhook }: { readonly webhook: WebhookPartsFragment }) {
  const { id, name, url } = webhook;
  return (
    <li className="webhook-item">
      <h2 className="webhook-name">
        <Link {...written} href={paths.webhook(id)}>
          {name}
        </Link>
      </h2>
      <p>
        <Status webhook={webhook} />
      </p>
      <p className="webhook-url">{url}</p>
      <p className="facts">
        <Queue webhook={webhook} />
      </p>
      {webhook.madeByToken && (
        <p className="hint">
          {words.madeByToken}: <Maker webhook={webhook} />
        </p>
      )}
      <Failing webhook={webhook} />
    </li>
  );
}

interface NewProps {
  readonly accounts: NonNullable<WebhooksQuery['serviceAccounts']>;
  /** Reads the endpoints anew. */
  readonly onDone: () => Promise<unknown>;
}

interface Made {
  readonly id: string;
  readonly name: string;
  /** Null: the answer that had it was lost. */
  readonly secret: string | null;
}

const sentName = 'standfirst.webhook-sent';

/** The slug in an article's address, or in a part of one. */
function slugOf(address: string): string {
  const path = URL.canParse(address, location.origin) ? new URL(address, location.origin).pathname : address;
  return articleOfPath(path)?.slug ?? path.replace(/^\//, '');
}

function NewWebhook({ accounts, onDone }: NewProps) {
  const client = useApolloClient();
  const [made, setMade] = useState<Made>();

  async function articleIdOf(address: string): Promise<string | null | undefined> {
    if (address === '') return null;
    const { data } = await client.query({
      query: WebhookArticle,
      variables: { slug: slugOf(address) },
      fetchPolicy: 'network-only',
    });
    return data?.article?.id;
  }

  if (accounts.length === 0)
    return (
      <p>
        {words.noAccounts} <Link href={paths.account}>{words.makeAccount}</Link>
      </p>
    );
  return (
    <>
      {made && (
        <Notice key={made.id}>
          {made.secret === null ? (
            <p>{words.addedBefore(made.name)}</p>
          ) : (
            <>
              <p>{words.added(made.name)}</p>
              <Secret label={words.secret} secret={made.secret} />
            </>
          )}
          <p>
            <Link href={paths.webhook(made.id)}>{words.open}</Link>
          </p>
        </Notice>
      )}
      {/* The key closes and empties the form. */}
      <Folded key={made?.id} title={words.add}>
        <WebhookForm
          action={words.add}
          pending={words.adding}
          others={['serviceAccountId', 'articleId']}
          send={async (values, valueOf) => {
            const articleId = await articleIdOf(valueOf('articleId').trim());
            if (articleId === undefined) return [{ field: ['articleId'], message: words.noArticle }];
            const input = { ...values, serviceAccountId: valueOf('serviceAccountId'), articleId };
            const idempotencyKey = keyOf(sentName, input);
            const { data } = await client.mutate({
              mutation: CreateWebhook,
              variables: { input: { ...input, idempotencyKey } },
            });
            settle(sentName);
            const { webhook, secret = null, userErrors = [] } = data?.createWebhook ?? {};
            if (webhook) {
              setMade({ ...webhook, secret });
              await onDone();
            }
            return userErrors;
          }}
        >
          {(faults) => (
            <>
              <Field label={words.account} hint={words.accountHint} error={faults.at('serviceAccountId')}>
                {(control) => (
                  <select {...control} name="serviceAccountId">
                    {accounts.map(({ id, name, suspended }) => (
                      <option {...written} key={id} value={id}>
                        {suspended ? words.suspended(name) : name}
                      </option>
                    ))}
                  </select>
                )}
              </Field>
              <Field label={words.article} hint={words.articleHint} error={faults.at('articleId')}>
                {(control) => (
                  <input
                    {...written}
                    {...control}
                    name="articleId"
                    autoComplete="off"
                    spellCheck={false}
                    onInput={() => faults.forget(['articleId'])}
                  />
                )}
              </Field>
            </>
          )}
        </WebhookForm>
      </Folded>
    </>
  );
}
