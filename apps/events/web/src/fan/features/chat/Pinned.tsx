import { Button, Icon, useAnnounce } from '@carillon/web-kit';
import { useEffect, useState } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import type { Pin } from '../../session/types.ts';
import styles from './Pinned.module.css';

/** Pins this page has announced or put away, so that neither comes twice. */
const announced = new Set<string>();
const dismissed = new Set<string>();

/** The one message that staff pinned; each fan may put it away. */
export function Pinned({ pin }: { pin: Pin }) {
  const t = useText();
  const announce = useAnnounce();
  const [gone, setGone] = useState(() => dismissed.has(pin.messageId));

  useEffect(() => {
    if (announced.has(pin.messageId)) return;
    announced.add(pin.messageId);
    announce(t('pinnedSays', { name: pin.author, text: pin.text }));
  }, [pin, announce, t]);

  if (gone) return null;
  return (
    <aside className={styles.pin} aria-label={t('pinned')}>
      <span className={styles.icon}>
        <Icon.Pin />
      </span>
      <div className={styles.body}>
        <p className={styles.by}>
          {t('pinned')} · <bdi>{pin.author}</bdi>
        </p>
        <p dir="auto" className={styles.text}>
          {pin.text}
        </p>
      </div>
      <Button
        size="small"
        look="plain"
        className={styles.close}
        aria-label={t('unpinForMe')}
        title={t('unpinForMe')}
        onClick={() => {
          dismissed.add(pin.messageId);
          setGone(true);
        }}
      >
        <Icon.Close />
      </Button>
    </aside>
  );
}
