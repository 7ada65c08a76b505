import { texts } from '../texts.ts';

interface Props {
  readonly label: string;
  readonly isLoading: boolean;
  /** Why the last attempt failed. */
  readonly trouble?: string | undefined;
  readonly className?: string;
  readonly onMore: () => void;
}

/** At the end of a list that goes on. */
export function MoreButton({ label, isLoading, trouble, className = 'list-more', onMore }: Props) {
  return (
    <div className={className}>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      {/* Not `disabled`: that would take the focus away. */}
      <button type="button" aria-disabled={isLoading} onClick={onMore}>
        {isLoading ? texts.loading : label}
      </button>
    </div>
  );
}
