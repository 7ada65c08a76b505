import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { type CommentPolicy, type EditableArticleFragment } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { useFaults } from '../layout/use-faults.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { type Viewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { BodyField } from './body-field.tsx';
import { BylineField } from './byline-field.tsx';
import { type FormValues } from './form-values.ts';
import { SignaturesField } from './signatures-field.tsx';
import { StaleNotice } from './stale-notice.tsx';
import { UnpublishControl } from './unpublish-control.tsx';
import { useArticleDraft } from './use-article-draft.ts';
import { useSaving } from './use-saving.ts';

const fieldNames = [
  'title',
  'standfirst',
  'tags',
  'body',
  'signatures',
  'canonicalUrl',
  'commentPolicy',
  'journalistId',
];

const policies: readonly CommentPolicy[] = ['OPEN', 'PREMODERATED', 'CLOSED'];

interface Props {
  readonly viewer: Viewer;
  /** Null: a new article. */
  readonly article: EditableArticleFragment | null;
  /** Reloads the article. */
  readonly onStale: () => Promise<unknown>;
}

export function ArticleForm({ viewer, article, onStale }: Props) {
  const draft = useArticleDraft(viewer.id, article);
  const form = useRef<HTMLFormElement>(null);
  const faults = useFaults(form, fieldNames);
  const saving = useSaving({ article, draft, setFaults: faults.set, onStale });
  // The title at the time when the page was opened: a changed title does not make another page.
  const [heading] = useState(article ? texts.editTitle(article.title) : texts.writeTitle);
  const { values } = draft;
  const change = (changed: Partial<FormValues>) => {
    draft.change(changed);
    faults.forget(Object.keys(changed));
  };
  const { isBusy } = saving;
  const status = article?.status ?? 'DRAFT';
  const isStale = article !== null && draft.isDirty && draft.base !== article.updatedAt && !isBusy;
  const isEditor = viewer.roles.some((role) => role === 'EDITOR' || role === 'ADMINISTRATOR');

  // When a used button disappears, the next control takes the focus.
  const focus = (selector: string) => form.current?.querySelector<HTMLElement>(selector)?.focus();
  const toTitle = '.title-input';
  const toSave = '[type="submit"]';

  return (
    <div className="page write-page">
      <PageHead title={heading} />
      <h1 tabIndex={-1}>{heading}</h1>
      {article && (
        <p className="facts">
          <span>{texts.statuses[status]}</span>
          <span>
            <Link href={paths.article(article.slug)}>{texts.viewArticle}</Link>
          </span>
          {(article.campaign ?? article.viewerCanCreateCampaign) && (
            <span>
              <Link href={paths.campaign(article.slug)}>{texts.campaign}</Link>
            </span>
          )}
        </p>
      )}
      {draft.isRestored && !isStale && (
        <div className="notice">
          <p role="status">{texts.draftRestored}</p>
          <button
            type="button"
            onClick={() => {
              draft.startFrom(article);
              focus(toTitle);
            }}
          >
            {texts.draftDiscard}
          </button>
        </div>
      )}
      {isStale && (
        <StaleNotice
          article={article}
          isBusy={isBusy}
          onOverwrite={() => {
            focus(toSave);
            void saving.save({ base: article.updatedAt });
          }}
          onTake={() => {
            draft.startFrom(article);
            focus(toTitle);
          }}
        />
      )}
      <form
        className="form"
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void saving.save();
        }}
      >
        {article === null && isEditor && (
          <BylineField
            value={values.journalistId}
            error={faults.at('journalistId')}
            isJournalist={viewer.roles.includes('JOURNALIST')}
            onChange={(journalistId) => change({ journalistId })}
          />
        )}
        <Field label={texts.articleTitle} error={faults.at('title')}>
          {(control) => (
            <input
              {...written}
              {...control}
              className="title-input"
              required
              value={values.title}
              onChange={({ target }) => change({ title: target.value })}
            />
          )}
        </Field>
        <Field
          label={texts.articleStandfirst}
          hint={texts.articleStandfirstHint}
          error={faults.at('standfirst')}
        >
          {(control) => (
            <textarea
              {...written}
              {...control}
              rows={3}
              value={values.standfirst}
              onChange={({ target }) => change({ standfirst: target.value })}
            />
          )}
        </Field>
        <BodyField value={values.body} error={faults.at('body')} onChange={(body) => change({ body })} />
        <Field label={texts.articleTags} hint={texts.articleTagsHint} error={faults.at('tags')}>
          {(control) => (
            <input
              {...written}
              {...control}
              value={values.tags}
              onChange={({ target }) => change({ tags: target.value })}
            />
          )}
        </Field>
        <SignaturesField
          value={values.signatures}
          errorAt={faults.at}
          onChange={(signatures) => change({ signatures })}
        />
        <Field label={texts.articleOrigin} hint={texts.articleOriginHint} error={faults.at('canonicalUrl')}>
          {(control) => (
            <input
              {...written}
              {...control}
              type="url"
              value={values.canonicalUrl}
              onChange={({ target }) => change({ canonicalUrl: target.value })}
            />
          )}
        </Field>
        <Field
          label={texts.articlePolicy}
          hint={values.commentPolicy === 'PREMODERATED' ? texts.articlePolicyHint : undefined}
          error={faults.at('commentPolicy')}
        >
          {(control) => (
            <select
              {...control}
              value={values.commentPolicy}
              onChange={({ target }) => change({ commentPolicy: target.value as CommentPolicy })}
            >
              {policies.map((policy) => (
                <option key={policy} value={policy}>
                  {texts.policies[policy]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="write-foot">
          <div className="form-foot">
            {/* The first submit button handles Enter, so it only saves. */}
            <button
              type="submit"
              className={status === 'PUBLISHED' ? 'button-primary' : undefined}
              aria-disabled={isBusy}
            >
              {status === 'DRAFT' ? texts.saveDraft : texts.save}
            </button>
            {status !== 'PUBLISHED' && (
              <button
                type="button"
                className="button-primary"
                aria-disabled={isBusy}
                onClick={() => void saving.save({ publish: true })}
              >
                {status === 'DRAFT' ? texts.publish : texts.publishAgain}
              </button>
            )}
            {status === 'PUBLISHED' && (
              <UnpublishControl
                isBusy={isBusy}
                onUnpublish={() => {
                  focus(toSave);
                  void saving.unpublish();
                }}
              />
            )}
          </div>
          <p role="status" className="hint">
            {isBusy ? texts.saving : draft.isDirty ? '' : saving.notice}
          </p>
          <div role="alert" className="field-error">
            {saving.trouble !== undefined && <p>{saving.trouble}</p>}
            {faults.general.map((message) => (
              <p key={message}>{message}</p>
            ))}
            {faults.any && faults.general.length === 0 && <p>{texts.faultsAbove}</p>}
          </div>
        </div>
      </form>
    </div>
  );
}
