import '../../../shared/i18n/late.ts';
import { Button, Card, Icon, useAnnounce } from '@carillon/web-kit';
import { useEffect, useRef, useState } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import { useArrival } from '../../../shared/useArrival.ts';
import { doorsOf, type Show } from '../../session/types.ts';
import { Countdown } from '../countdown/Countdown.tsx';
import { When } from '../countdown/When.tsx';
import { NicknameForm } from '../nickname/NicknameForm.tsx';
import { ring } from './bell.ts';
import styles from './WaitingRoom.module.css';

/** Inside, before the doors: what can be done now does not crowd the door later. */
export default function WaitingRoom({
  show,
  ahead,
  nickname,
  rename,
}: {
  show: Show;
  ahead: number;
  nickname: string | null;
  rename: (nickname: string) => Promise<void>;
}) {
  const t = useText();
  const announce = useAnnounce();
  const heading = useArrival<HTMLHeadingElement>();
  const change = useRef<HTMLButtonElement>(null);
  const opens = t(show.doorsAt === null ? 'startsIn' : 'doorsOpenIn');
  const formed = useRef(false);
  const [changing, setChanging] = useState(false);
  const named = nickname !== null && !changing;
  // The form goes with the focus in it; what stands in its place takes it.
  useEffect(() => {
    if (named && document.activeElement === document.body && formed.current) change.current?.focus();
    formed.current = !named;
  }, [named]);
  const [sound, setSound] = useState<'idle' | 'rang' | 'none'>('idle');
  return (
    <div className={styles.room}>
      <section className={styles.hero} aria-labelledby="waiting">
        <p className={styles.in}>
          <Icon.Check /> {t('youAreIn')}
        </p>
        <h1 ref={heading} tabIndex={-1} id="waiting" className={styles.title}>
          <bdi>{show.title}</bdi>
        </h1>
        <p className={styles.artist}>
          <bdi>{show.artist}</bdi>
        </p>
        <p className={styles.lead}>{opens}</p>
        <Countdown to={Date.parse(doorsOf(show))} ahead={ahead} label={opens} />
        <When show={show} />
        <p className={styles.note}>{t('waitingNote')}</p>
      </section>
      <Picture url={show.pictureUrl} className={styles.picture} />
      {show.chat && (
        <Card title={t('nickTitle')} note={t('nickNote')}>
          {named ? (
            <div className={styles.row}>
              <p>{t('nickIs', { name: nickname })}</p>
              <Button ref={change} size="small" onClick={() => setChanging(true)}>
                {t('change')}
              </Button>
            </div>
          ) : (
            <NicknameForm
              current={nickname}
              save={rename}
              {...(nickname !== null && { cancel: () => setChanging(false) })}
              done={() => {
                setChanging(false);
                announce(t('nickSaved'), true);
              }}
            />
          )}
        </Card>
      )}
      <Card title={t('soundTitle')} note={t('soundNote')}>
        <div className={styles.row}>
          <Button
            onClick={() =>
              void ring().then(rang => {
                setSound(rang ? 'rang' : 'none');
                announce(t(rang ? 'soundRang' : 'soundNone'), true);
              })
            }
          >
            <Icon.Bell /> {t('soundTest')}
          </Button>
          {sound !== 'idle' && <p className={styles.note}>{t(sound === 'rang' ? 'soundRang' : 'soundNone')}</p>}
        </div>
      </Card>
    </div>
  );
}
