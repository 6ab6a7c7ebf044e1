import { embedOf } from '../../../shared/embed.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import type { Player } from '../../session/types.ts';
import styles from './Player.module.css';

/** Another house's player in a box of its own, or why it is not shown. */
export default function Embed({ player, title }: { player: Player; title: string }) {
  const t = useText();
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
      title={t('playerOf', { title: title })}
      sandbox={embed.sandbox}
      allow={embed.allow}
      allowFullScreen
      referrerPolicy="strict-origin-when-cross-origin"
    />
  );
}
