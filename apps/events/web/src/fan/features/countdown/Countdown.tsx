import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { type Parts, partsUntil } from '../../../shared/time.ts';
import { useNow } from '../../../shared/useNow.ts';
import styles from './Countdown.module.css';

const names = ['days', 'hours', 'minutes', 'seconds'] as const;

/**
 * How long until a moment, as large as it matters.
 * @param to milliseconds since 1970, by the server's clock.
 * @param ahead that clock less ours.
 */
export function Countdown({ to, ahead, label, small }: { to: number; ahead: number; label: string; small?: boolean }) {
  const t = useText();
  const locale = useLocale();
  const left = partsUntil(to, useNow() + ahead);
  const shown = names.filter(name => name !== 'days' || left.days > 0);
  const two = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
  const whole = new Intl.NumberFormat(locale);
  return (
    // A clock that is read aloud every second would drown the page; whoever wants the time can ask for it.
    <div role="timer" aria-label={label} className={small ? styles.small : styles.clock}>
      {shown.map(name => (
        <span key={name} className={styles.part}>
          <span className={styles.number}>{(name === 'days' ? whole : two).format(left[name])}</span>{' '}
          <span className={styles.unit}>{unitOf(name, left, t)}</span>
        </span>
      ))}
    </div>
  );
}

function unitOf(name: keyof Parts, left: Parts, t: ReturnType<typeof useText>): string {
  const n = left[name];
  return name === 'days'
    ? t('unitDays', { n })
    : name === 'hours'
      ? t('unitHours', { n })
      : name === 'minutes'
        ? t('unitMinutes', { n })
        : t('unitSeconds', { n });
}
