import '../../../shared/i18n/late.ts';
import { Button, Notice, useAnnounce } from '@carillon/web-kit';
import { lazy, Suspense, useCallback, useEffect, useId, useRef, useState } from 'react';
import { ErrorBoundary } from '../../../shared/ErrorBoundary.tsx';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import type { Key } from '../../../shared/i18n/language.ts';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import type { LostTicket, Show } from '../../session/types.ts';
import { doorWords } from '../code/refusals.ts';
import styles from './LostCode.module.css';
import { forgetLink, pageName } from './link.ts';

const Qr = lazy(async () => ({ default: (await import('../../../shared/ui/Qr.tsx')).Qr }));

/** What a letter's link asks of the door. @throws Refusal */
export interface LetterDoor {
  openLetter(token: string, page: string): Promise<{ tickets: LostTicket[] }>;
  newCode(token: string, page: string, number: number): Promise<{ code: string }>;
}

const over: Record<string, Key> = {
  LinkUsed: 'lostUsed',
  LinkExpired: 'lostExpired',
  LinkInvalid: 'lostInvalid',
};

/** Behind a letter's link: the tickets of its address, and a new code for each that is good, once somebody asks for it. */
export default function LostLink({
  show,
  token,
  door,
  enter,
  leave,
}: {
  show: Show;
  token: string;
  door: LetterDoor;
  /** @throws Refusal */
  enter: (code: string) => Promise<void>;
  /** @param another the fan wants another letter. */
  leave: (another: boolean) => void;
}) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  const [page] = useState(pageName);
  const [tickets, setTickets] = useState<LostTicket[]>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [made, setMade] = useState(false);

  const load = useCallback(() => {
    setRefusal(undefined);
    door.openLetter(token, page).then(
      answer => setTickets(answer.tickets),
      thrown => setRefusal(refusalOf(thrown)),
    );
  }, [door, token, page]);
  useEffect(load, [load]);
  useEffect(() => heading.current?.focus(), []);

  const dead = refusal && over[refusal.code];
  return (
    <section className={styles.page} aria-labelledby="lost-title">
      <header className={styles.head}>
        <h1 id="lost-title" ref={heading} tabIndex={-1} className={styles.title}>
          {t('lostLinkTitle')}
        </h1>
        <p className={styles.show}>
          <bdi>{show.title}</bdi>
        </p>
      </header>
      {!tickets && !refusal && <p className={styles.quiet}>{t('loading')}</p>}
      {refusal && (
        <div role="alert">
          {dead ? (
            <Notice
              tone="warn"
              title={t(dead)}
              actions={
                show.lostCodes && (
                  <Button look="primary" onClick={() => leave(true)}>
                    {t('lostAnother')}
                  </Button>
                )
              }
            >
              <p>{t('lostOver')}</p>
            </Notice>
          ) : (
            <Notice
              tone="warn"
              title={t('moveBackFailed')}
              actions={
                <Button look="primary" onClick={load}>
                  {t('tryAgain')}
                </Button>
              }
            >
              <p>{t('unreachable')}</p>
            </Notice>
          )}
        </div>
      )}
      {tickets?.length === 0 && <p>{t('lostNone')}</p>}
      {tickets && tickets.length > 0 && (
        <>
          {!made && <p className={styles.quiet}>{t('lostLinkNote')}</p>}
          {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so */}
          <ul role="list" className={styles.tickets}>
            {tickets.map(ticket => (
              <li key={ticket.number} className={styles.ticket}>
                <One
                  ticket={ticket}
                  show={show}
                  only={tickets.filter(one => one.state === 'valid').length === 1}
                  make={async () => {
                    const answer = await door.newCode(token, page, ticket.number);
                    setMade(true);
                    return answer;
                  }}
                  enter={enter}
                  ended={setRefusal}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      <p className={styles.back}>
        <Button look="plain" onClick={() => leave(false)}>
          {t('toShow')}
        </Button>
      </p>
    </section>
  );
}

function One({
  ticket,
  show,
  only,
  make,
  enter,
  ended,
}: {
  ticket: LostTicket;
  show: Show;
  only: boolean;
  make: () => Promise<{ code: string }>;
  enter: (code: string) => Promise<void>;
  /** The link is good for nothing any more. */
  ended: (refusal: Refusal) => void;
}) {
  const t = useText();
  const locale = useLocale();
  const announce = useAnnounce();
  const id = useId();
  const into = useRef<HTMLButtonElement>(null);
  const [code, setCode] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [copied, setCopied] = useState<Key>();

  // The next press lets in.
  useEffect(() => {
    if (code) into.current?.focus();
  }, [code]);

  async function run(act: () => Promise<void>) {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await act();
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      if (over[refusal.code]) ended(refusal);
      else setError(doorWords(refusal, t, locale));
    }
    setBusy(false);
  }

  async function copy(text: string) {
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    const word: Key = done ? 'copied' : 'copyFailed';
    setCopied(word);
    announce(t(word), true);
  }

  const refused = ticket.state !== 'valid' && {
    code: ticket.state === 'banned' ? 'Banned' : 'Revoked',
    body: { until: ticket.until },
  };
  const address = code && `${location.origin}/events/${show.slug}#${code}`;
  return (
    <>
      <div>
        <p id={id} className={styles.name}>
          {ticket.holder ? <bdi>{ticket.holder}</bdi> : t('lostTicket', { n: ticket.number })}
        </p>
        <p className={styles.what}>
          {ticket.holder && <>{t('lostTicket', { n: ticket.number })} · </>}
          <bdi>{ticket.tier}</bdi>
        </p>
      </div>
      {refused && (
        <div>
          <p>{doorWords(refused, t, locale)}</p>
          {ticket.reason && <p className={styles.what}>{t('reasonIs', { reason: ticket.reason })}</p>}
        </div>
      )}
      {!refused && !code && (
        <Button
          look={only ? 'primary' : 'quiet'}
          aria-describedby={id}
          aria-disabled={busy}
          onClick={() =>
            void run(async () => {
              const made = await make();
              // Spent: the address is not to be copied or kept.
              forgetLink();
              setCode(made.code);
            })
          }
        >
          {busy ? t('entering') : t('lostShow')}
        </Button>
      )}
      {code && address && (
        <>
          <div className={styles.made}>
            <div className={styles.codes} role="status">
              <p className={styles.what}>{t('lostCode')}</p>
              <p className={styles.code} dir="ltr">
                {code}
              </p>
              <p className={styles.what}>{t('lostCodeNote')}</p>
            </div>
            <ErrorBoundary fallback={() => null}>
              <Suspense fallback={null}>
                <Qr text={address} label={t('lostQr')} />
              </Suspense>
            </ErrorBoundary>
          </div>
          <div className={styles.acts}>
            <Button
              ref={into}
              look="primary"
              aria-describedby={id}
              aria-disabled={busy}
              onClick={() => void run(() => enter(code))}
            >
              {busy ? t('entering') : t('enter')}
            </Button>
            <Button onClick={() => void copy(code)}>{t('copyCode')}</Button>
            {copied && (
              <span className={styles.what} aria-hidden="true">
                {t(copied)}
              </span>
            )}
          </div>
        </>
      )}
      <p role="alert" className={styles.error} hidden={!error}>
        {error}
      </p>
    </>
  );
}
