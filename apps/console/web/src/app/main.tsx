import '@carillon/web-kit/base.css';
import { AnnouncerProvider } from '@carillon/web-kit';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './Console.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');

createRoot(root).render(
  <StrictMode>
    <AnnouncerProvider>
      <Console />
    </AnnouncerProvider>
  </StrictMode>,
);
