import { type ComponentType, Suspense } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import type { Phase, Player as PlayerFacts, Show } from '../../session/types.ts';
import { Countdown } from '../countdown/Countdown.tsx';
import { embedOf } from '../../../shared/embed.ts';
import styles from './Player.module.css';
import type { StreamProps } from './Stream.tsx';

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
  const embed = embedOf(player, location.origin);
  if (!embed)
    return (
      <div className={styles.card}>
        <div className={styles.cardText}>
          <p className={styles.cardTitle}>{t('embedRefused')}</p>
          <p>{t('embedRefusedNote')}</p>
        </div>
      </div>
    );
  return (
    <iframe
      className={styles.fill}
      src={embed.src}
      title={t('playerOf', { title: show.title })}
      sandbox={embed.sandbox}
      allow={embed.allow}
      allowFullScreen
      referrerPolicy="strict-origin-when-cross-origin"
    />
  );
}
