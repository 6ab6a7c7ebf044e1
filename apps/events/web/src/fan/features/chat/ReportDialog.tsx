import { Button, Dialog, useAnnounce } from '@carillon/web-kit';
import { useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import type { Door } from '../../session/door.ts';
import styles from './ReportDialog.module.css';
import type { Row } from './view.ts';

/** What a fan can say of a message: as it is stored, whatever language they read, and as they read it. */
const reasons = { spam: 'reportSpam', hurt: 'reportHurt', private: 'reportPrivate', other: 'reportOther' } as const;
type Reason = keyof typeof reasons;

/** Tells the moderators about a message; nobody else learns of it. */
export function ReportDialog({ row, door, close }: { row: Row; door: Door; close: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const [reason, setReason] = useState<Reason>('spam');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  async function submit() {
    setBusy(true);
    try {
      await door.report(row.message.id, reason);
      close();
      announce(t('reported'), true);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      setError(refusal.status === 429 ? t('reportTooMany') : t('unreachable'));
      setBusy(false);
    }
  }

  return (
    <Dialog title={t('reportTitle')} closeName={t('close')} onClose={close}>
      <form
        className={styles.form}
        onSubmit={event => {
          event.preventDefault();
          void submit();
        }}
      >
        <blockquote className={styles.quote}>
          <p>
            <bdi className={styles.name}>{row.name || t('someone')}</bdi>
          </p>
          <p dir="auto" className={styles.text}>
            {row.message.text}
          </p>
        </blockquote>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{t('reportWhy')}</legend>
          {(Object.keys(reasons) as Reason[]).map(r => (
            <label key={r} className={styles.choice}>
              <input type="radio" name="reason" checked={reason === r} onChange={() => setReason(r)} />
              {t(reasons[r])}
            </label>
          ))}
        </fieldset>
        <p className={styles.error} role="alert">
          {error}
        </p>
        <div className={styles.acts}>
          <Button type="submit" look="primary" disabled={busy}>
            {t('report')}
          </Button>
          <Button onClick={close}>{t('cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
