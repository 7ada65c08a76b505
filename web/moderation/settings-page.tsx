import { PageHead } from '../layout/page-head.tsx';
import { moderationTexts as words } from './texts.ts';

export default function SettingsPage() {
  return (
    <>
      <PageHead title={words.settings} />
      <h1 tabIndex={-1}>{words.settings}</h1>
    </>
  );
}
