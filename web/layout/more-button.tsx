import { texts } from '../texts.ts';
import { useMoreOnReturn } from './reading-place.ts';

interface Props {
  readonly label: string;
  readonly isLoading: boolean;
  /** Message about the last failed attempt. */
  readonly trouble?: string | undefined;
  readonly className?: string;
  /** Whether more is loaded until a reader who comes back is where they were. */
  readonly isOnReturn?: boolean;
  readonly onMore: () => void;
}

/** Button at the end of a list that has more items. */
export function MoreButton(props: Props) {
  const { label, isLoading, trouble, className = 'list-more', isOnReturn = true, onMore } = props;
  useMoreOnReturn(isOnReturn && !isLoading && trouble === undefined, onMore);
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
