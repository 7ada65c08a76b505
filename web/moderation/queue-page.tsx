import { PageHead } from '../layout/page-head.tsx';
import { moderationTexts as words } from './texts.ts';

export default function QueuePage() {
  return (
    <>
      <PageHead title={words.queue} />
      <h1 tabIndex={-1}>{words.queue}</h1>
    </>
  );
}
