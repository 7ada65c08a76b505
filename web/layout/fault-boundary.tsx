import { Component, type ReactNode } from 'react';
import { texts } from '../texts.ts';
import { Trouble } from './messages.tsx';

interface State {
  readonly hasFailed: boolean;
}

/** Says so where a part of the page failed, instead of leaving nothing. */
export class FaultBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return <Trouble message={texts.pageFailed} onRetry={() => location.reload()} />;
  }
}
