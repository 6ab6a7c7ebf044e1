import { Button } from '@carillon/web-kit';
import { Suspense, useId, useState } from 'react';
import { ErrorBoundary } from '../../../shared/ErrorBoundary.tsx';
import { useText } from '../../../shared/i18n/useText.ts';
import { useLate } from '../../../shared/useLate.ts';
import styles from './LostCode.module.css';

const loadForm = () => import('./LostForm.tsx');

/** The way for who has no code any more; its form is fetched for those who want it. */
export function LostCode({
  open: atFirst,
  ask,
}: {
  open: boolean;
  /** @throws Refusal */
  ask: (email: string, language: string) => Promise<object>;
}) {
  const t = useText();
  const id = useId();
  const [open, setOpen] = useState(atFirst);
  const [LostForm, again] = useLate(loadForm);
  return (
    <div className={styles.lost}>
      <Button look="plain" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {t('lostOpen')}
      </Button>
      <div id={id} hidden={!open}>
        {open && (
          <ErrorBoundary
            fallback={reset => (
              <p role="alert" className={styles.quiet}>
                {t('unreachable')}{' '}
                <Button
                  size="small"
                  onClick={() => {
                    again();
                    reset();
                  }}
                >
                  {t('tryAgain')}
                </Button>
              </p>
            )}
          >
            <Suspense fallback={<p className={styles.quiet}>{t('loading')}</p>}>
              <LostForm ask={ask} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
    </div>
  );
}
