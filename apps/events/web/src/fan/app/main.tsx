import '@carillon/web-kit/base.css';
import { AnnouncerProvider } from '@carillon/web-kit';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from '../../shared/ErrorBoundary.tsx';
import { speech } from '../../shared/i18n/language.ts';
import { watchAddress } from '../features/code/brought.ts';
import { Broken } from './Broken.tsx';
import { FanApp } from './FanApp.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

const manyMessages = (n: number) => speech.snapshot().text('newMessages', { n });
// Before anything that takes time: who reads over a shoulder reads addresses.
watchAddress();
// Words first: a page that changes its language before one's eyes is read twice. Without them English does.
await speech.start().catch(() => {});
createRoot(root).render(
  <StrictMode>
    <AnnouncerProvider many={manyMessages}>
      <ErrorBoundary fallback={() => <Broken />}>
        <FanApp path={location.pathname} />
      </ErrorBoundary>
    </AnnouncerProvider>
  </StrictMode>,
);
