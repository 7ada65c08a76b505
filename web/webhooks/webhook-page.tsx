import { isolated } from '../../src/platform/text/direction.ts';
import './webhooks.css';
import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Notice } from '../account/notice.tsx';
import { Folded } from '../account/section.tsx';
import { messageOf } from '../graphql/error-message.ts';
import { type WebhookPartsFragment } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { say } from '../session/site-notice.tsx';
import { texts } from '../texts.ts';
import { Administrators } from './administrators.tsx';
import { Attempts } from './attempts.tsx';
import { DeleteWebhook, KeepWebhook, TestWebhook, UpdateWebhook, WebhookDocument } from './documents.ts';
import { Redelivery } from './redelivery.tsx';
import { SecretOf } from './secret-of.tsx';
import { Maker, Queue, Status, Trouble as Failing } from './state.tsx';
import { webhookTexts as words } from './texts.ts';
import { WebhookForm } from './webhook-form.tsx';

/** Time between two looks for new attempts while the page is seen, in milliseconds. */
const pollMs = 3_000;

/** An endpoint to which events of the site are sent, for administrators. */
export default function WebhookPage({ id }: { readonly id: string }) {
  return (
    <Administrators>
      <Webhook id={id} />
    </Administrators>
  );
}

function Webhook({ id }: { readonly id: string }) {
  const { data, previousData, error, refetch } = useQuery(WebhookDocument, {
    variables: { id },
    fetchPolicy: 'network-only',
    pollInterval: pollMs,
    skipPollAttempt: () => document.hidden,
  });
  // A look that fails leaves what was shown, and the forms in it.
  const latest = data ?? previousData;
  const webhook = latest?.node?.__typename === 'Webhook' ? latest.node : undefined;
  if (!webhook) {
    if (latest) return <NotFound>{words.gone}</NotFound>;
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  const reload = () => refetch();
  return (
    <div className="page webhooks-page">
      <PageHead title={webhook.name} />
      <p>
        <Link href={paths.webhooks}>{words.all}</Link>
      </p>
      <h1 {...written} tabIndex={-1}>
        {webhook.name}
      </h1>
      <p>
        <Status webhook={webhook} />
      </p>
      <Failing webhook={webhook} />
      <Facts webhook={webhook} />
      <Keeping webhook={webhook} />
      <Controls webhook={webhook} onDone={reload} />
      <Attempts webhookId={webhook.id} attempts={webhook.attempts} onReload={reload} />
      <section className="account-section" aria-labelledby="redelivery">
        <h2 id="redelivery">{words.resend}</h2>
        <Redelivery webhookId={webhook.id} onDone={reload} />
      </section>
      <SecretOf webhook={webhook} />
      <section className="account-section" aria-labelledby="settings">
        <h2 id="settings">{words.settings}</h2>
        <Settings webhook={webhook} />
        <Removal webhook={webhook} />
      </section>
    </div>
  );
}

interface Props {
  readonly webhook: WebhookPartsFragment;
}

function Facts({ webhook }: Props) {
  const { url, serviceAccount, articleId, article, eventKinds, actionKinds, createdAt } = webhook;
  return (
    <dl className="webhook-facts">
      <dt>{words.address}</dt>
      <dd className="webhook-url">{url}</dd>
      <dt>{words.queue}</dt>
      <dd className="facts">
        <Queue webhook={webhook} />
      </dd>
      <dt>{words.shownTo}</dt>
      <dd>
        {serviceAccount === null
          ? words.noAccount
          : serviceAccount.suspended
            ? words.suspended(serviceAccount.name)
            : isolated(serviceAccount.name)}
      </dd>
      <dt>{words.scope}</dt>
      <dd>
        {articleId === null ? (
          words.allArticles
        ) : article ? (
          <Link {...written} href={new URL(article.permalink).pathname}>
            {article.title}
          </Link>
        ) : (
          words.notPublic
        )}
      </dd>
      <dt>{words.kinds}</dt>
      <dd>{eventKinds?.map((kind) => words.kindNames[kind]).join(' · ') ?? words.allKinds}</dd>
      {actionKinds && (
        <>
          <dt>{words.actionKinds}</dt>
          <dd>
            <code>{actionKinds.join(' · ')}</code>
          </dd>
        </>
      )}
      <dt>{words.made}</dt>
      <dd>
        <Day time={createdAt} />
      </dd>
      {webhook.madeByToken && (
        <>
          <dt>{words.madeByToken}</dt>
          <dd>
            <Maker webhook={webhook} />
          </dd>
        </>
      )}
    </dl>
  );
}

/** Keeps an endpoint that a token has made. */
function Keeping({ webhook: { id, madeByToken } }: Props) {
  const [keep] = useMutation(KeepWebhook);
  const { isBusy, trouble, run } = useChange();
  const [isKept, setKept] = useState(false);

  async function keepWebhook() {
    const isDone = await run(async () => {
      const { data } = await keep({ variables: { input: { webhookId: id } } });
      return data?.keepWebhook.userErrors;
    });
    if (isDone) setKept(true);
  }

  if (!madeByToken) return isKept ? <Notice>{words.kept}</Notice> : null;
  return (
    <Confirm
      action={words.keepIt}
      question={words.keepQuestion}
      keep={words.keepNot}
      isBusy={isBusy}
      trouble={trouble}
      onConfirm={() => void keepWebhook()}
    />
  );
}

/** Stops an endpoint or goes on, and sends a test. */
function Controls({ webhook: { id, status }, onDone }: Props & { readonly onDone: () => Promise<unknown> }) {
  const [update] = useMutation(UpdateWebhook);
  const [test] = useMutation(TestWebhook);
  const { isBusy, trouble, run } = useChange();
  const [said, setSaid] = useState<{ readonly text: string }>();
  const [isTesting, setTesting] = useState(false);
  const isActive = status === 'ACTIVE';

  async function change() {
    setSaid(undefined);
    const isDone = await run(async () => {
      const { data } = await update({ variables: { input: { webhookId: id, isActive: !isActive } } });
      return data?.updateWebhook.userErrors;
    });
    if (isDone) setSaid({ text: isActive ? words.paused : words.isActive });
  }

  async function send() {
    setSaid(undefined);
    setTesting(true);
    await run(async () => {
      const { data } = await test({ variables: { input: { webhookId: id } } });
      const { httpStatus = null, fault = null, userErrors = [] } = data?.testWebhook ?? {};
      if (httpStatus !== null) setSaid({ text: words.testAnswered(httpStatus) });
      else if (fault !== null) setSaid({ text: words.testFailed(fault) });
      // The test is among the attempts.
      await onDone();
      return userErrors;
    });
    setTesting(false);
  }

  return (
    <div className="webhook-controls">
      <div className="form-foot">
        <button type="button" aria-disabled={isBusy} onClick={() => void change()}>
          {isActive ? words.pause : words.goOn}
        </button>
        <button type="button" aria-disabled={isBusy} onClick={() => void send()}>
          {isTesting ? words.testing : words.test}
        </button>
      </div>
      <p role="status" className={said ? 'notice' : undefined}>
        {said?.text}
      </p>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function Settings({ webhook }: Props) {
  const [update] = useMutation(UpdateWebhook);
  const [saves, setSaves] = useState(0);
  return (
    <>
      {saves > 0 && <Notice key={saves}>{words.saved}</Notice>}
      {/* The key closes the form, which begins with what is saved. */}
      <Folded key={`form ${saves}`} title={words.edit}>
        <WebhookForm
          webhook={webhook}
          action={words.save}
          pending={texts.saving}
          send={async (values) => {
            const input = { webhookId: webhook.id, ...values };
            const { data } = await update({ variables: { input } });
            if (data?.updateWebhook.webhook) setSaves(saves + 1);
            return data?.updateWebhook.userErrors ?? [];
          }}
        />
      </Folded>
    </>
  );
}

function Removal({ webhook: { id, name } }: Props) {
  const [remove] = useMutation(DeleteWebhook);
  const [, navigate] = useLocation();
  const { isBusy, trouble, run } = useChange();

  async function removeWebhook() {
    const isDone = await run(async () => {
      const { data } = await remove({ variables: { input: { webhookId: id } } });
      return data?.deleteWebhook.userErrors;
    });
    if (!isDone) return;
    navigate(paths.webhooks);
    say(words.removed(name));
  }

  return (
    <Confirm
      action={words.remove}
      question={words.removeQuestion}
      keep={words.removeKeep}
      className="is-danger"
      isBusy={isBusy}
      trouble={trouble}
      onConfirm={() => void removeWebhook()}
    />
  );
}
