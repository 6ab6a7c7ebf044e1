import { pageConfig } from '@carillon/web-kit/vite';
import { defineConfig } from 'vite';

export default defineConfig(pageConfig('console', '^/(console/api|ws)/'));
