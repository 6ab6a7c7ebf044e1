import { Notice } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import { useArrival } from '../../../shared/useArrival.ts';
import { doorsOf, type Phase, type Show } from '../../session/types.ts';
import { CodeForm } from '../code/CodeForm.tsx';
import { Countdown } from '../countdown/Countdown.tsx';
import { When } from '../countdown/When.tsx';
import styles from './Landing.module.css';
import { PhasePill } from './PhasePill.tsx';

/** A show from outside: what it is, when, and the one field that lets a ticket in. */
export function Landing({
  show,
  phase,
  ahead,
  elsewhere,
  enter,
  lost,
}: {
  show: Show;
  phase: Phase;
  ahead: number;
  elsewhere: boolean;
  enter: (code: string, move: boolean) => Promise<void>;
  /** Stands below the field: a way for who has no code any more. */
  lost?: ReactNode;
}) {
  const t = useText();
  const heading = useArrival<HTMLHeadingElement>();
  const doors = phase === 'announced' && show.doorsAt !== null;
  const soon = phase === 'announced' || phase === 'doors';
  return (
    <div className={styles.landing}>
      <div className={styles.text}>
        <PhasePill phase={phase} />
        <div className={styles.names}>
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            <bdi>{show.title}</bdi>
          </h1>
          <p className={styles.artist}>
            <bdi>{show.artist}</bdi>
          </p>
        </div>
        <When show={show} />
        {soon && (
          <Countdown
            to={Date.parse(phase === 'announced' ? doorsOf(show) : show.startsAt)}
            ahead={ahead}
            label={t(doors ? 'doorsOpenIn' : 'startsIn')}
          />
        )}
      </div>
      <Picture url={show.pictureUrl} className={styles.picture} />
      <section className={styles.door} aria-label={t('yourTicket')}>
        {phase === 'ended' ? (
          <Notice title={t('overTitle')}>
            <p>{t('overOutside')}</p>
          </Notice>
        ) : (
          <CodeForm
            enter={enter}
            before={
              elsewhere && (
                <Notice tone="warn" title={t('movedTitle')}>
                  <p>{t('movedOutside')}</p>
                </Notice>
              )
            }
          />
        )}
        {phase !== 'ended' && lost}
      </section>
      {show.about && (
        <section className={styles.about} aria-labelledby="about">
          <h2 id="about" className={styles.aboutTitle}>
            {t('about')}
          </h2>
          <p dir="auto" className={styles.aboutText}>
            {show.about}
          </p>
        </section>
      )}
    </div>
  );
}
