import { type ComponentProps, type ReactNode, useState } from 'react';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import type MuteChoices from './mute-choices.tsx';

// Loaded when the menu opens, as is what is muted: most readers mute nothing.
const part = partOf(() => import('./mute-choices.tsx'));

interface Props extends ComponentProps<typeof MuteChoices> {
  /** Stands before the button, at the end of a comment's line. */
  readonly tools?: ReactNode;
}

/** A button that opens what may be muted here, for readers who are signed in. */
export function MuteMenu({ tools, ...props }: Props) {
  const { isSignedIn } = useReader();
  const [isOpen, setOpen] = useState(false);
  const isOfComment = 'commentId' in props.of;
  const button = isSignedIn && (
    <button
      type="button"
      className={isOfComment ? 'link-button tool' : 'link-button'}
      aria-expanded={isOpen}
      aria-label={texts.mute}
      title={texts.mute}
      onClick={() => setOpen(!isOpen)}
    >
      {isOfComment ? '⋯' : texts.mute}
    </button>
  );
  return (
    <>
      {isOfComment ? (
        <span className="comment-tools">
          {tools}
          {button}
        </span>
      ) : (
        button
      )}
      {isSignedIn && isOpen && <PartOfPage part={part} props={props} fallback={null} />}
    </>
  );
}
