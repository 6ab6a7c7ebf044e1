import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { dayAndTime, elsewhere, ownZone, placeOf, sameClock } from '../../../shared/time.ts';
import type { ShowBrief } from '../../session/types.ts';
import styles from './When.module.css';

/** When a show starts: by the fan's own clock, and beside it by the event's where the two differ. */
export function When({ show }: { show: ShowBrief }) {
  const t = useText();
  const locale = useLocale();
  const at = Date.parse(show.startsAt);
  // Never so by our own server; and yet a page without its time is better than none.
  if (Number.isNaN(at)) return null;
  const own = ownZone();
  const same = sameClock(at, own, show.zone);
  return (
    <p className={styles.when}>
      <time dateTime={show.startsAt} className={styles.own}>
        {dayAndTime(at, own, locale)}
      </time>{' '}
      <span className={styles.zone}>
        {same
          ? t('timeYours', { place: placeOf(own) })
          : t('timeBoth', {
              place: placeOf(own),
              there: elsewhere(at, show.zone, own, locale),
              event: placeOf(show.zone),
            })}
      </span>
    </p>
  );
}
