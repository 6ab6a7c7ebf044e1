import '../../shared/i18n/late.ts';
import '@carillon/web-kit/base.css';
import { AnnouncerProvider } from '@carillon/web-kit';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from '../../shared/ErrorBoundary.tsx';
import { Broken } from '../../staff/ui/Broken.tsx';
import { OrganiseApp } from './OrganiseApp.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');
// These pages speak English whatever the fan's pages were set to.
document.documentElement.dir = 'ltr';

createRoot(root).render(
  <StrictMode>
    <AnnouncerProvider>
      <ErrorBoundary fallback={retry => <Broken retry={retry} />}>
        <OrganiseApp />
      </ErrorBoundary>
    </AnnouncerProvider>
  </StrictMode>,
);
