import { useEffect, useRef } from 'react';
import { schemaPath } from '../../src/platform/http/paths.ts';
import { formatBookedMoney, formatNumber, formatTime } from '../format.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { ledgerTexts } from './texts.ts';
import { type LedgerItem, useLedger } from './use-ledger.ts';
import { useNewer } from './use-newer.ts';
import { useOwnPseudonyms } from './use-own-pseudonyms.ts';

interface Props {
  readonly campaignId: string;
  readonly slug: string;
}

/**
 * The ledger of a campaign in plain words, as it is when it is opened: what is added would move what one reads. That there
 * is more is said over it, with a button.
 */
export default function PublicLedger({ campaignId, slug }: Props) {
  const own = useOwnPseudonyms();
  const { items, hasMore, isLoading, trouble, more, reload } = useLedger(campaignId, '');
  const list = useRef<HTMLUListElement>(null);
  // Number of entries when more were requested: the first new one takes the focus, because the button may be gone.
  const endedAt = useRef<number>(undefined);
  const length = items?.length ?? 0;
  const newest = items && (items[0]?.sequence ?? 0);
  const newer = useNewer(campaignId, newest);
  // Whether newer entries were asked for: the newest one takes the focus, because the button is gone.
  const isAsked = useRef(false);
  useEffect(() => {
    if (!isAsked.current) return;
    isAsked.current = false;
    (list.current?.children[0] as HTMLElement | undefined)?.focus();
  }, [newest]);
  useEffect(() => {
    const at = endedAt.current;
    if (at === undefined || length <= at) return;
    endedAt.current = undefined;
    (list.current?.children[at] as HTMLElement | undefined)?.focus({ preventScroll: true });
  }, [length]);
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  return (
    <>
      <div className="ledger-news" role="status">
        {newer > 0 && (
          <p>
            {trouble !== undefined && <span className="field-error">{trouble}</span>}
            <button
              type="button"
              onClick={() => {
                isAsked.current = true;
                reload();
              }}
            >
              {ledgerTexts.newer(newer)}
            </button>
          </p>
        )}
      </div>
      <p className="hint">{items.length === 0 ? ledgerTexts.none : ledgerTexts.about}</p>
      {items.length > 0 && (
        <ul ref={list} className="ledger-list">
          {items.map((item) => (
            <Entry key={item.sequence} item={item} own={own} />
          ))}
        </ul>
      )}
      {hasMore && (
        <MoreButton
          label={ledgerTexts.more}
          isLoading={isLoading}
          isOnReturn={false}
          trouble={trouble}
          onMore={() => {
            endedAt.current = length;
            more();
          }}
        />
      )}
      <p className="hint">{ledgerTexts.verify}</p>
      <p>
        <code>{`node examples/verify-ledger.mjs ${slug} ${location.origin}`}</code>
      </p>
      <p className="hint">
        <a href={schemaPath}>{ledgerTexts.schema}</a>
      </p>
    </>
  );
}

function Entry({ item, own }: { readonly item: LedgerItem; readonly own: ReadonlySet<string> }) {
  const { sequence, occurredAt } = item;
  const isOwn = item.entries.some(({ pseudonym }) => pseudonym !== null && own.has(pseudonym));
  return (
    <li className={isOwn ? 'is-own' : undefined} tabIndex={-1}>
      <span className="ledger-number">{formatNumber(sequence)}.</span>
      <span>{sentenceOf(item, own)}</span>
      <time dateTime={occurredAt}>{formatTime(occurredAt)}</time>
    </li>
  );
}

function sentenceOf({ kind, currency, corrects, entries }: LedgerItem, own: ReadonlySet<string>): string {
  // The two sides are the same amount.
  const moved = entries.map(({ minorUnits }) => BigInt(minorUnits)).filter((amount) => amount > 0n);
  const minorUnits = String(moved.reduce((sum, amount) => sum + amount, 0n));
  const pseudonym = entries.find((entry) => entry.pseudonym !== null)?.pseudonym ?? '';
  const backer = own.has(pseudonym) ? ledgerTexts.you(pseudonym) : pseudonym;
  const sentence = ledgerTexts.sentences[kind](formatBookedMoney({ minorUnits, currency }), backer);
  if (corrects === null) return sentence;
  const other = kind === 'REVERSAL' ? ledgerTexts.takesBack : ledgerTexts.standsInPlace;
  return `${sentence} ${other(corrects)}`;
}
