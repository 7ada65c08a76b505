import { createContext, useContext } from 'react';
import { type Discussion } from './discussion.ts';

export const DiscussionContext = createContext<Discussion | undefined>(undefined);

export function useDiscussion(): Discussion {
  const discussion = useContext(DiscussionContext);
  if (!discussion) throw new Error('There is no discussion around this component');
  return discussion;
}
