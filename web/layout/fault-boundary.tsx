import { Component, type ReactNode } from 'react';
import { isReachable } from '../reload-outdated.ts';
import { texts } from '../texts.ts';
import { Trouble } from './messages.tsx';

interface State {
  readonly hasFailed: boolean;
  readonly isUnreachable?: boolean;
}

/** Shows a message where a part of the page failed or could not be loaded, instead of an empty space. */
export class FaultBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { hasFailed: false };

  static getDerivedStateFromError(): State {
    return { hasFailed: true };
  }

  #retry = async (): Promise<void> => {
    if (await isReachable()) location.reload();
    else this.setState({ isUnreachable: true });
  };

  override render(): ReactNode {
    const { hasFailed, isUnreachable = false } = this.state;
    if (!hasFailed) return this.props.children;
    const message = isUnreachable ? texts.notSentYet : texts.pageFailed;
    return <Trouble message={message} onRetry={() => void this.#retry()} />;
  }
}
