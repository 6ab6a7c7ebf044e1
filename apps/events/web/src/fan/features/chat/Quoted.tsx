import { Icon } from '@carillon/web-kit';
import { useText } from '../../../shared/i18n/useText.ts';
import styles from './Quoted.module.css';
import type { Quote } from './view.ts';

/** What a message answers, in one line above it. Pressed, it leads there; what is not in the list leads nowhere. */
export function Quoted({ quote, stop, go }: { quote: Quote; stop: boolean; go: (id: string) => void }) {
  const t = useText();
  const words = quote.known ? (
    <>
      <bdi className={styles.name}>{quote.own ? t('you') : quote.name || t('someone')}</bdi>{' '}
      <bdi>{quote.text || t('removed')}</bdi>
    </>
  ) : (
    t('quotedGone')
  );
  const line = (
    <>
      <Icon.Reply />
      <span className={styles.line}>
        <span className="visually-hidden">{t('repliesTo')} </span>
        {words}
      </span>
    </>
  );
  if (!quote.known) return <p className={styles.quote}>{line}</p>;
  return (
    <button type="button" className={styles.quote} tabIndex={stop ? 0 : -1} onClick={() => go(quote.id)}>
      {line}
    </button>
  );
}

/** Nothing that is drawn differs. */
export function sameQuote(a: Quote | undefined, b: Quote | undefined): boolean {
  return a?.id === b?.id && a?.known === b?.known && a?.own === b?.own && a?.name === b?.name && a?.text === b?.text;
}
