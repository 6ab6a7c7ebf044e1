import { cx } from '@carillon/web-kit';
import type { Phase, ShowState } from './session/types.ts';
import styles from './StatePill.module.css';

const names: Record<ShowState, string> = {
  draft: 'Draft',
  published: 'Published',
  ended: 'Ended',
  archived: 'Archived',
  cleared: 'Cleared',
};

/** Where a show stands, in a word; on air is said before anything else. */
export function StatePill({ state, phase }: { state: ShowState; phase: Phase }) {
  const live = state === 'published' && (phase === 'live' || phase === 'doors');
  const word = live ? (phase === 'live' ? 'On air' : 'Doors open') : names[state];
  return (
    <span className={cx(styles.pill, live && styles.live, state === 'published' && !live && styles.published)}>
      <span className={styles.dot} aria-hidden="true" />
      {word}
    </span>
  );
}
