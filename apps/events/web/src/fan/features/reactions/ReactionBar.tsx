import { cx } from '@carillon/web-kit';
import { type CSSProperties, useSyncExternalStore } from 'react';
import type { Key, Text } from '../../../shared/i18n/language.ts';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import styles from './ReactionBar.module.css';
import { type Reactions, risingMs } from './reactions.ts';
import { setWanted } from './useReactions.ts';

const names: Record<string, Key> = {
  '👏': 'emojiClap',
  '❤️': 'emojiHeart',
  '❤': 'emojiHeart',
  '🔥': 'emojiFire',
  '😂': 'emojiLaugh',
  '😮': 'emojiWow',
  '🎉': 'emojiParty',
  '🙌': 'emojiHands',
  '😢': 'emojiCry',
  '😍': 'emojiLove',
  '🔔': 'emojiBell',
  '🎶': 'emojiMusic',
  '👍': 'emojiThumb',
};

/** What an emoji is called. */
export function emojiName(emoji: string, t: Text): string {
  const name = names[emoji];
  return name ? t(name) : emoji;
}

/** A tap for each emoji, with how often everybody gave it. */
export function ReactionBar({
  reactions,
  emoji,
  off,
}: {
  reactions: Reactions;
  emoji: readonly string[];
  /** There is no line just now. */
  off: boolean;
}) {
  const t = useText();
  const locale = useLocale();
  const view = useSyncExternalStore(reactions.subscribe, reactions.snapshot);
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  if (emoji.length === 0) return null;
  return (
    <div className={styles.bar}>
      <fieldset aria-label={t('reactions')} className={styles.group}>
        {emoji.map((e, k) => {
          const total = view.totals[k] ?? 0;
          return (
            <button
              key={e}
              type="button"
              className={styles.react}
              aria-disabled={off}
              // The total is part of the name: it is there for who asks, and nothing is read out by itself.
              aria-label={t('reactTotal', { name: emojiName(e, t), n: total })}
              onClick={() => {
                if (!off) reactions.tap(k);
              }}
            >
              <span aria-hidden="true" className={styles.emoji}>
                {e}
              </span>
              <span aria-hidden="true" className={styles.count}>
                {total > 0 ? short.format(total) : ''}
              </span>
            </button>
          );
        })}
      </fieldset>
      <label className={styles.switch}>
        <input type="checkbox" checked={view.moving} onChange={event => setWanted(reactions, event.target.checked)} />
        {t('reactionsRise')}
      </label>
    </div>
  );
}

/** A few that rise along the picture's edge; decoration, so nothing of it reaches assistive technology. */
export function RisingReactions({ reactions, emoji }: { reactions: Reactions; emoji: readonly string[] }) {
  const view = useSyncExternalStore(reactions.subscribe, reactions.snapshot);
  if (!view.moving) return null;
  return (
    <div className={styles.edge} aria-hidden="true" data-rising="">
      {view.rising.map(r => (
        <span
          key={r.id}
          className={cx(styles.rising, r.sway > 0.5 && styles.other)}
          style={{ '--x': r.x, '--ms': `${risingMs - r.sway * 600}ms` } as CSSProperties}
        >
          {emoji[r.k]}
        </span>
      ))}
    </div>
  );
}
