import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Login } from './login.ts';
import { type Words } from './texts.ts';
import { type Thread } from './thread.ts';
import { type CommentOrder } from './types.ts';

/** How readers without a session get one: in the pop-up, at an address of the page's site, or by that site alone. */
export type SignInWay =
  { readonly kind: 'popup' | 'host' } | { readonly kind: 'link'; readonly address: string };

/** What all parts of the view know. */
export interface View {
  readonly thread: Thread;
  readonly login: Login;
  readonly words: Words;
  readonly signIn: SignInWay;
  /** The address of the thread, by which drafts are kept. */
  readonly url: string;
  readonly setOrder: (order: CommentOrder) => void;
  /** Tells those who do not see the page. */
  readonly announce: (text: string) => void;
  /** Ids of comments that have come in since the thread was shown. */
  readonly fresh: ReadonlySet<string>;
  /** Moves the focus to a comment once it is shown. */
  readonly focusOn: (commentId: string) => void;
}

export const ViewContext = createContext<View | undefined>(undefined);

export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error('There is no view around this component');
  return view;
}
