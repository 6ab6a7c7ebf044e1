import { defineConfig } from 'vite';
import { pageConfig } from '../../web-kit/vite.ts';

export default defineConfig(pageConfig('console', '^/(console/api|ws)/'));
