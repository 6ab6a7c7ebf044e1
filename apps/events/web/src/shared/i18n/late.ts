import { learn } from './language.ts';
import { late } from './messages/en.late.ts';

// Whatever is fetched after the page's beginning imports this first.
learn(late);
