import '@carillon/web-kit/base.css';
import { AnnouncerProvider } from '@carillon/web-kit';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { speech } from '../../shared/i18n/language.ts';
import { FanApp } from './FanApp.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

// Words first: a page that changes its language before one's eyes is read twice. Without them English does.
await speech.start().catch(() => {});
createRoot(root).render(
  <StrictMode>
    <AnnouncerProvider>
      <FanApp path={location.pathname} />
    </AnnouncerProvider>
  </StrictMode>,
);
