import { texts } from '../texts.ts';

interface Props {
  readonly label: string;
  readonly isLoading: boolean;
  /** Message about the last failed attempt. */
  readonly trouble?: string | undefined;
  readonly className?: string;
  readonly onMore: () => void;
}

/** Button at the end of a list that has more items. */
export function MoreButton({ label, isLoading, trouble, className = 'list-more', onMore }: Props) {
  return (
    <div className={className}>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      {/* Not `disabled`, which would remove the focus. */}
      <button type="button" aria-disabled={isLoading} onClick={onMore}>
        {isLoading ? texts.loading : label}
      </button>
    </div>
  );
}
