import { texts } from '../texts.ts';

interface Props {
  readonly label: string;
  readonly isLoading: boolean;
  readonly trouble: string | undefined;
  readonly onMore: () => void;
}

/** At the end of a list that goes on. */
export function MoreButton({ label, isLoading, trouble, onMore }: Props) {
  return (
    <div className="list-more">
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
