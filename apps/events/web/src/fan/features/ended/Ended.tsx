import '../../../shared/i18n/late.ts';
import { LinkButton } from '@carillon/web-kit';
import { Again } from '../../../shared/ui/Again.tsx';
import { useArrival } from '../../../shared/useArrival.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import type { Show } from '../../session/types.ts';
import styles from './Ended.module.css';

/** After the show: thanks, and nothing that asks for more. */
export default function Ended({ show, again }: { show: Show; again: () => Promise<void> }) {
  const t = useText();
  const heading = useArrival<HTMLHeadingElement>();
  return (
    <section className={styles.ended} aria-labelledby="ended">
      <Picture url={show.pictureUrl} className={styles.picture} />
      <h1 ref={heading} tabIndex={-1} id="ended" className={styles.title}>
        {t('thanks')}
      </h1>
      <p className={styles.lead}>{t('thanksFor', { title: show.title, artist: show.artist })}</p>
      <p className={styles.note}>{t('endedNote')}</p>
      <div className={styles.acts}>
        <LinkButton href="/events/">{t('whatElse')}</LinkButton>
        <Again look={again} plain />
      </div>
    </section>
  );
}
