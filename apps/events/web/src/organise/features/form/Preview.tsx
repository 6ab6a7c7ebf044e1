import { cx, Icon } from '@carillon/web-kit';
import { useState } from 'react';
import { dayAndTime, ownZone, placeOf, sameClock } from '../../../shared/time.ts';
import { Picture } from '../../../shared/ui/Picture.tsx';
import { locale } from '../../../staff/times.ts';
import { instant, tiersOf, type Values } from '../../session/definition.ts';
import { isZone } from '../../session/zoned.ts';
import styles from './Preview.module.css';

const players = {
  hls: 'HLS stream',
  youtube: 'YouTube',
  vimeo: 'Vimeo',
  iframe: 'Another player',
  none: 'No player: a still picture',
};

/** A sketch of what fans will find, before the doors and in the room; drawn from what is typed, saved or not. */
export function Preview({ values, slug }: { values: Values; slug: string }) {
  const [inside, setInside] = useState(false);
  return (
    <section className={styles.preview} aria-labelledby="preview-title">
      <header className={styles.head}>
        <h2 id="preview-title" className={styles.title}>
          A sketch of the fan’s page
        </h2>
        <fieldset className={styles.switch}>
          <legend className="visually-hidden">Which page</legend>
          {[false, true].map(is => (
            <label key={String(is)} className={styles.option}>
              <input type="radio" name="preview" checked={inside === is} onChange={() => setInside(is)} />
              <span>{is ? 'Inside' : 'Before the door'}</span>
            </label>
          ))}
        </fieldset>
      </header>
      <p className={styles.muted}>
        What stands where, as you type. The page itself has more room and the fan’s language.
      </p>
      <div className={styles.device}>
        <p className={styles.bar}>
          <bdi>/events/{slug}</bdi>
        </p>
        {inside ? <Inside values={values} /> : <Landing values={values} />}
      </div>
    </section>
  );
}

function Landing({ values }: { values: Values }) {
  const starts = instant(values, 'startsAt');
  const zone = isZone(values.zone) ? values.zone : 'UTC';
  const own = ownZone();
  return (
    <div className={styles.landing}>
      <Picture key={values.pictureUrl} url={values.pictureUrl.trim() || null} className={styles.picture} />
      <div className={styles.text}>
        <p className={cx(styles.show, !values.title.trim() && styles.missing)}>
          <bdi>{values.title.trim() || 'Title'}</bdi>
        </p>
        <p className={cx(styles.artist, !values.artist.trim() && styles.missing)}>
          <bdi>{values.artist.trim() || 'Artist'}</bdi>
        </p>
        <p className={cx(styles.when, !starts && styles.missing)}>
          {starts ? dayAndTime(Date.parse(starts), own, locale) : 'Date and time'}
          {starts && !sameClock(Date.parse(starts), own, zone) && (
            <span className={styles.muted}>
              {dayAndTime(Date.parse(starts), zone, locale)} in {placeOf(zone)}
            </span>
          )}
        </p>
        <div className={styles.door} aria-hidden="true">
          <span className={styles.code}>Your ticket’s code</span>
          <span className={styles.enter}>Enter</span>
        </div>
        {values.about.trim() && (
          <p dir="auto" className={styles.about}>
            {values.about}
          </p>
        )}
      </div>
    </div>
  );
}

function Inside({ values }: { values: Values }) {
  const slow = Number(values['chat.slowSeconds']) || 0;
  const mode = values['chat.mode'];
  const rule =
    mode === 'staff'
      ? 'Only the artist and staff write just now'
      : mode === 'emoji'
        ? 'Emoji only'
        : mode === 'tier'
          ? `For ${tiersOf(values).slice(1).join(', ') || 'the further tiers'}`
          : slow > 0
            ? `One message every ${slow} seconds`
            : undefined;
  return (
    <div className={styles.room}>
      <div className={styles.player}>
        <Icon.Play />
        <span>{players[values['player.kind']]}</span>
      </div>
      <div className={styles.reactions} aria-hidden="true">
        {values['chat.reactions'].map(one => (
          <span key={one}>{one}</span>
        ))}
      </div>
      {values['chat.enabled'] ? (
        <div className={styles.chat}>
          <p>
            <strong>Lea</strong> good evening from Ghent
          </p>
          <p>
            <strong className={styles.staff}>{values.artist.trim() || 'Artist'}</strong>{' '}
            <span className={styles.badge}>Artist</span> so good to have you all here
          </p>
          {rule && <p className={styles.muted}>{rule}</p>}
          {mode !== 'staff' && (
            <div className={styles.composer} aria-hidden="true">
              {mode === 'emoji' ? 'Write in emoji' : 'Write a message'}
            </div>
          )}
        </div>
      ) : (
        <p className={cx(styles.chat, styles.muted)}>No chat at this show</p>
      )}
    </div>
  );
}
