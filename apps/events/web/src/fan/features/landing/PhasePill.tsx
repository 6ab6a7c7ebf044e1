import { cx } from '@carillon/web-kit';
import { useText } from '../../../shared/i18n/useText.ts';
import type { Phase } from '../../session/types.ts';
import styles from './PhasePill.module.css';

/** Where a show stands, as a shape and a word. */
export function PhasePill({ phase }: { phase: Phase }) {
  const t = useText();
  const word =
    phase === 'live'
      ? t('phaseLive')
      : phase === 'doors'
        ? t('phaseDoors')
        : phase === 'ended'
          ? t('phaseEnded')
          : t('phaseAnnounced');
  return (
    <span className={cx(styles.pill, styles[phase])}>
      <span className={styles.dot} aria-hidden="true" />
      {word}
    </span>
  );
}
