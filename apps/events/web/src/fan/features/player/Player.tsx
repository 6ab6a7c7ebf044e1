import { type ComponentType, lazy, Suspense } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import type { Phase, Player as PlayerFacts, Show } from '../../session/types.ts';
import { Countdown } from '../countdown/Countdown.tsx';
import styles from './Player.module.css';
import type { StreamProps } from './Stream.tsx';

// Most shows need no list of the houses that may be embedded.
const Embed = lazy(() => import('./Embed.tsx'));

/** What stands on the screen: the stream, another house's player, or the artist's picture and a clock. */
export function Player({
  Stream,
  player,
  show,
  phase,
  ahead,
}: {
  /** Comes late. */
  Stream: ComponentType<StreamProps>;
  player: PlayerFacts;
  show: Show;
  phase: Phase;
  ahead: number;
}) {
  const t = useText();
  if (player.kind === 'none' || (phase === 'doors' && player.kind === 'hls'))
    return (
      <div className={styles.card}>
        <Picture url={show.pictureUrl} className={styles.cardPicture} />
        <div className={styles.cardText}>
          {phase === 'doors' ? (
            <>
              <p className={styles.cardTitle}>{t('startsIn')}</p>
              <Countdown to={Date.parse(show.startsAt)} ahead={ahead} label={t('startsIn')} small />
            </>
          ) : (
            <p className={styles.cardTitle}>{t('noPicture')}</p>
          )}
        </div>
      </div>
    );
  if (player.kind === 'hls')
    return (
      <Suspense fallback={<div className={styles.fill} />}>
        <Stream url={player.url ?? ''} captions={player.captions} title={show.title} poster={show.pictureUrl} />
      </Suspense>
    );
  return (
    <Suspense fallback={<div className={styles.fill} />}>
      <Embed player={player} title={show.title} />
    </Suspense>
  );
}
