import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/newsreader/wght.css';
import '@fontsource-variable/newsreader/wght-italic.css';
import './styles/fonts.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/article.css';
import './styles/support.css';
import './styles/thread.css';
import './styles/pages.css';
import { ApolloProvider } from '@apollo/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { prepareFirstPage } from './first-page.ts';
import { reloadWhenOutdated } from './reload-outdated.ts';
import { ReaderContext } from './session/reader-context.ts';
import { Reader } from './session/session.ts';
import { takeWayBack } from './support/way-back.ts';
import { hasServedContent, takeOver } from './take-over.ts';

reloadWhenOutdated();
takeWayBack();
const reader = new Reader();
const root = document.getElementById('root');
if (!root) throw new Error('The document has no #root');

const show = () =>
  createRoot(root).render(
    <StrictMode>
      <ReaderContext value={reader}>
        <ApolloProvider client={reader.apollo}>
          <App />
        </ApolloProvider>
      </ReaderContext>
    </StrictMode>,
  );

if (hasServedContent(root)) void prepareFirstPage(reader).then(() => takeOver(root, show));
else show();
