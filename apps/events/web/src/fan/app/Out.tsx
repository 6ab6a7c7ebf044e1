import { Button, Notice } from '@carillon/web-kit';
import { useState } from 'react';
import { type Refusal, refusalOf } from '../../shared/http.ts';
import { useLocale, useText } from '../../shared/i18n/useText.ts';
import { dayAndTime, ownZone } from '../../shared/time.ts';
import { Again } from '../../shared/ui/Again.tsx';
import { useArrival } from '../../shared/useArrival.ts';
import { doorWords } from '../features/code/refusals.ts';
import type { Out as OutStage } from '../session/show.ts';
import styles from './ShowPage.module.css';

/** Staff took the ticket's way in: why, until when, and what can be done. */
export function Out({ stage, again, another }: { stage: OutStage; again: () => Promise<void>; another: () => void }) {
  const t = useText();
  const locale = useLocale();
  const heading = useArrival<HTMLHeadingElement>();
  const { reason, until } = stage.ban;
  return (
    <section className={styles.middle} role="alert">
      <h1 ref={heading} tabIndex={-1} className={styles.title}>
        {t(stage.why === 'revoked' ? 'revokedTitle' : 'bannedTitle')}
      </h1>
      <p>
        {stage.why === 'revoked'
          ? t('revokedNote')
          : until
            ? t('bannedUntil', { until: dayAndTime(Date.parse(until), ownZone(), locale) })
            : t('bannedNote')}
      </p>
      {reason && <p className={styles.quiet}>{t('reasonIs', { reason })}</p>}
      {stage.why === 'banned' && <p className={styles.quiet}>{t('bannedUndone')}</p>}
      <div className={styles.acts}>
        <Again look={again} />
        <Button onClick={another}>{t('anotherCode')}</Button>
      </div>
    </section>
  );
}

/** Another device has the ticket now. This one says so, has stopped, and waits to be asked. */
export function Moved({ back, another }: { back: () => Promise<boolean>; another: () => void }) {
  const t = useText();
  const locale = useLocale();
  const heading = useArrival<HTMLHeadingElement>();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  return (
    <section className={styles.middle} role="alert">
      <h1 ref={heading} tabIndex={-1} className={styles.title}>
        {t('movedTitle')}
      </h1>
      <p>{t('movedNote')}</p>
      <div className={styles.acts}>
        <Button
          look="primary"
          aria-disabled={busy}
          onClick={() => {
            if (busy) return;
            setBusy(true);
            setRefusal(undefined);
            back().catch((thrown: unknown) => {
              setRefusal(refusalOf(thrown));
              setBusy(false);
            });
          }}
        >
          {t('moveBack')}
        </Button>
        {refusal && <Button onClick={another}>{t('anotherCode')}</Button>}
      </div>
      {refusal && (
        <Notice tone="warn" title={t('moveBackFailed')}>
          <p>{doorWords(refusal, t, locale)}</p>
        </Notice>
      )}
    </section>
  );
}
