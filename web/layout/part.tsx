import { type ComponentType, createElement, type ReactNode, useSyncExternalStore } from 'react';
import { Loading } from './messages.tsx';

/** A part of a page that is loaded as a file of its own. */
export interface Part<TProps> {
  /** Requests the file, once. @returns a promise that is fulfilled once loading has succeeded or failed */
  readonly begin: () => Promise<void>;
  readonly subscribe: (listener: () => void) => () => void;
  /** @throws if loading failed */
  readonly get: () => ComponentType<TProps> | undefined;
}

/**
 * A part that is loaded in parallel to the page's query. React's own mechanism, a suspended component, is shown at
 * least 300 milliseconds after its fallback, even if it was loaded sooner.
 */
export function partOf<TProps>(load: () => Promise<{ default: ComponentType<TProps> }>): Part<TProps> {
  let loading: Promise<void> | undefined;
  let loaded: ComponentType<TProps> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const listeners = new Set<() => void>();
  const begin = () => {
    return (loading ??= load()
      .then((module) => {
        loaded = module.default;
      })
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        for (const listener of listeners) listener();
      }));
  };
  return {
    begin,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get() {
      void begin();
      if (failure) throw failure.error;
      return loaded;
    },
  };
}

interface Props<TProps> {
  readonly part: Part<TProps>;
  readonly props: TProps;
  /** Shown until then. */
  readonly fallback?: ReactNode;
}

/** A part of a page, shown once it is loaded. */
export function PartOfPage<TProps extends object>({ part, props, fallback = <Loading /> }: Props<TProps>) {
  const component = useSyncExternalStore(part.subscribe, part.get);
  return component ? createElement(component, props) : fallback;
}
