import '../../../shared/i18n/late.ts';
import { LinkButton } from '@carillon/web-kit';
import { useText } from '../../../shared/i18n/useText.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import type { Show } from '../../session/types.ts';
import styles from './Ended.module.css';

/** After the show: thanks, and nothing that asks for more. */
export default function Ended({ show }: { show: Show }) {
  const t = useText();
  return (
    <section className={styles.ended} aria-labelledby="ended">
      <Picture url={show.pictureUrl} className={styles.picture} />
      <h1 id="ended" className={styles.title}>
        {t('thanks')}
      </h1>
      <p className={styles.lead}>{t('thanksFor', { title: show.title, artist: show.artist })}</p>
      <p className={styles.note}>{t('endedNote')}</p>
      <LinkButton href="/events/">{t('whatElse')}</LinkButton>
    </section>
  );
}
