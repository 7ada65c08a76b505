import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useHistoryState } from 'wouter/use-browser-location';
import { type EditableArticleFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { type Fault } from '../layout/use-faults.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { isAddress } from './form-values.ts';
import {
  createArticle,
  publishArticle,
  unpublishArticle,
  updateArticle,
  type Written,
} from './save-article.ts';
import { type useArticleDraft } from './use-article-draft.ts';

/** Result of the last attempt; the form of a new article passes it on to the form of the created article. */
interface Outcome {
  readonly notice?: string | undefined;
  readonly trouble?: string | undefined;
}

interface Saving extends Outcome {
  readonly isBusy: boolean;
  readonly save: (options?: { readonly publish?: boolean; readonly base?: string }) => Promise<void>;
  readonly unpublish: () => Promise<void>;
}

interface Options {
  readonly article: EditableArticleFragment | null;
  readonly draft: ReturnType<typeof useArticleDraft>;
  readonly setFaults: (faults: readonly Fault[]) => void;
  /** Reloads the article. */
  readonly onStale: () => Promise<unknown>;
}

const troubleOf = (error: unknown): string => messageOf(error) ?? texts.notSentYet;

/** The actions of the form's buttons, one at a time. */
export function useSaving({ article, draft, setFaults, onStale }: Options): Saving {
  const client = useApolloClient();
  const [, navigate] = useLocation();
  const arrived = useHistoryState<Outcome | null>();
  const [outcome, setOutcome] = useState<Outcome>(() => ({ ...arrived }));
  const [isBusy, setBusy] = useState(false);

  async function run(work: () => Promise<Outcome>): Promise<void> {
    if (isBusy) return;
    setBusy(true);
    setOutcome({});
    setFaults([]);
    try {
      setOutcome(await work());
    } catch (error) {
      setOutcome({ trouble: troubleOf(error) });
    }
    setBusy(false);
  }

  /** Shows the errors of a refusal. */
  async function refuse({ userErrors, trouble }: Written): Promise<Outcome> {
    if (userErrors.some(({ code }) => code === 'STALE_REVISION')) await onStale();
    setFaults(userErrors.filter(({ code }) => code !== 'STALE_REVISION'));
    return { trouble: trouble === undefined ? undefined : troubleOf(trouble) };
  }

  /** Publishes the article after it was saved. */
  async function publish(id: string): Promise<Outcome & { readonly isPublic: boolean }> {
    try {
      const published = await publishArticle(client, id);
      const message = published.userErrors[0]?.message;
      if (published.article) draft.settle(published.article, null);
      return { isPublic: published.article !== null, trouble: message };
    } catch (error) {
      return { isPublic: false, trouble: troubleOf(error) };
    }
  }

  const save: Saving['save'] = ({ publish: isToBePublic = false, base } = {}) =>
    run(async () => {
      const { values, sent, remember } = draft;
      if (!isAddress(values.canonicalUrl)) {
        setFaults([{ field: ['canonicalUrl'], message: texts.notAnAddress }]);
        return {};
      }
      const from = base ?? draft.base ?? '';
      const written = article
        ? await updateArticle(client, article, values, from)
        : await createArticle(client, values, sent, remember);
      const saved = written.article;
      if (!saved) return refuse(written);
      const isWhole = written.userErrors.length === 0 && written.trouble === undefined;
      draft.settle(saved, isWhole ? values : null);
      let result: Outcome = isWhole ? { notice: texts.saved } : await refuse(written);
      if (isWhole && isToBePublic) {
        const { isPublic, ...rest } = await publish(saved.id);
        if (isPublic) {
          navigate(paths.article(saved.slug), { replace: article === null });
          return {};
        }
        result = { ...result, ...rest };
      }
      if (article === null) navigate(paths.edit(saved.slug), { replace: true, state: result });
      return result;
    });

  const unpublish = () =>
    run(async () => {
      if (article === null) return {};
      const written = await unpublishArticle(client, article.id);
      if (!written.article) return { trouble: written.userErrors[0]?.message };
      draft.settle(written.article, null);
      return { notice: texts.takenBack };
    });

  return { ...outcome, isBusy, save, unpublish };
}
