import { Button } from '@carillon/web-kit';
import { useEffect, useRef } from 'react';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { timeOf } from '../../../shared/time.ts';
import styles from './ReadingView.module.css';
import type { ChatView } from './view.ts';

const readAtMost = 200;

/** The last messages as plain, still text: nothing arrives, nothing is left out of the page by a virtual list. */
export function ReadingView({ view, back }: { view: ChatView; back: () => void }) {
  const t = useText();
  const locale = useLocale();
  const scroller = useRef<HTMLElement>(null);
  const rows = view.rows.slice(-readAtMost);
  useEffect(() => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    scroller.current?.focus({ preventScroll: true });
  }, []);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys
    <section ref={scroller} className={styles.reading} aria-label={t('readingView')} tabIndex={0}>
      <p className={styles.note}>{t('readingNote', { n: rows.length })}</p>
      {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so */}
      <ul role="list" className={styles.list}>
        {rows.map(row => (
          <li key={row.message.id} className={styles.row}>
            <p className={row.staff ? styles.staff : styles.by}>
              <bdi>{row.name || t('someone')}</bdi>
              {row.staff && <> · {t(row.staff === 'artist' ? 'artist' : 'moderator')}</>}{' '}
              <time dateTime={new Date(row.message.createdAt).toISOString()}>
                {timeOf(row.message.createdAt, locale)}
              </time>
            </p>
            {row.answers?.known && (
              <p className={styles.by}>
                {t('repliesTo')} <bdi>{row.answers.own ? t('you') : row.answers.name || t('someone')}</bdi>
              </p>
            )}
            {row.removed ? (
              <p className={styles.removed}>{t('removed')}</p>
            ) : (
              <p dir="auto" className={styles.text}>
                {row.message.text}
              </p>
            )}
          </li>
        ))}
      </ul>
      <Button look="primary" onClick={back}>
        {t('backToLive')}
      </Button>
    </section>
  );
}
