import { type ComponentType, createElement, useSyncExternalStore } from 'react';
import { Loading } from './messages.tsx';

/** A part of a page that has a file of its own. */
export interface Part<TProps> {
  /** Asks for the file, if nobody has. */
  readonly begin: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** @throws when it could not be loaded */
  readonly get: () => ComponentType<TProps> | undefined;
}

/**
 * A part that is loaded beside what the page asks the service for. React's own way, a suspended component, is shown no sooner
 * than 300 milliseconds behind its fallback, however soon it is there.
 */
export function partOf<TProps>(load: () => Promise<{ default: ComponentType<TProps> }>): Part<TProps> {
  let loading: Promise<void> | undefined;
  let loaded: ComponentType<TProps> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const listeners = new Set<() => void>();
  const begin = () => {
    loading ??= load()
      .then((module) => {
        loaded = module.default;
      })
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        for (const listener of listeners) listener();
      });
  };
  return {
    begin,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get() {
      begin();
      if (failure) throw failure.error;
      return loaded;
    },
  };
}

interface Props<TProps> {
  readonly part: Part<TProps>;
  readonly props: TProps;
}

/** A part of a page, as soon as it is there. */
export function PartOfPage<TProps extends object>({ part, props }: Props<TProps>) {
  const component = useSyncExternalStore(part.subscribe, part.get);
  return component ? createElement(component, props) : <Loading />;
}
