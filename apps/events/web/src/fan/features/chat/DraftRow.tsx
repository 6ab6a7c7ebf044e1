import { Button, cx } from '@carillon/web-kit';
import type { Draft } from '@carillon/web-kit/chat';
import { useText } from '../../../shared/i18n/useText.ts';
import styles from './DraftRow.module.css';
import type { Place } from './MessageRow.tsx';
import { chatWords, whyWords } from './words.ts';

/** A message on its way out: what became of it so far, and what can be done. */
export function DraftRow({
  place,
  draft,
  again,
  discard,
  rewrite,
}: {
  place: Place;
  draft: Draft;
  again: () => void;
  discard: () => void;
  rewrite: () => void;
}) {
  const t = useText();
  const bad = draft.state === 'failed' || draft.state === 'refused';
  return (
    <li {...place} className={styles.row} data-draft={draft.state}>
      <div className={cx(styles.draft, bad && styles.bad, draft.state === 'held' && styles.held)}>
        <p dir="auto" className={styles.text}>
          {draft.text}
        </p>
        <p className={styles.state}>
          {draft.state === 'failed'
            ? `${t('draftFailed')} ${chatWords(draft.code ?? 'Unknown', t)}`
            : draft.state === 'refused'
              ? `${chatWords(draft.code ?? 'Denied', t)} ${whyWords(draft.reason, t)}`
              : draft.state === 'held'
                ? t('draftHeld')
                : draft.state === 'waiting'
                  ? t('draftWaiting')
                  : draft.state === 'sent'
                    ? t('draftSent')
                    : t('draftSending')}
        </p>
        {bad && (
          <div className={styles.acts}>
            {draft.state === 'failed' ? (
              <Button size="small" onClick={again}>
                {t('sendAgain')}
              </Button>
            ) : (
              <Button size="small" onClick={rewrite}>
                {t('rewrite')}
              </Button>
            )}
            <Button size="small" look="plain" onClick={discard}>
              {t('discard')}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
