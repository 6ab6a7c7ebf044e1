import { Button, CopyBlock, Icon, LinkButton } from '@carillon/web-kit';
import { useEffect, useRef, useState } from 'react';
import { Qr } from '../../../shared/ui/Qr.tsx';
import type { Imported, OrganisedShow } from '../../../staff/session/types.ts';
import { clock, dateTime, number } from '../../../staff/times.ts';
import table from '../../../staff/ui/Table.module.css';
import { addressOf, mailOf, whyLine } from '../../session/codes.ts';
import type { KeptView } from '../../session/keptCodes.ts';
import { isZone } from '../../session/zoned.ts';
import styles from './Tickets.module.css';

/** How many are drawn on the page; the file holds all. */
const shownAtMost = 200;

export interface CodesMadeProps {
  show: OrganisedShow;
  view: KeptView;
  /** All of them, as a file. */
  file: string;
  /** They are somewhere now where they can be read again. */
  saved: () => void;
  close: () => void;
}

/** Codes that were just made: to be saved, printed or mailed now, because nobody can read them again. */
export default function CodesMade({ show, view, file, saved, close }: CodesMadeProps) {
  const { codes, imported } = view;
  const heading = useRef<HTMLHeadingElement>(null);
  const [sheet, setSheet] = useState(false);
  const address = (code: string) => addressOf(location.origin, show.slug, code);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new codes are new news
  useEffect(() => heading.current?.focus(), [codes]);

  const zone = isZone(show.zone) ? show.zone : 'UTC';
  const first = codes[0];
  const mail = mailOf({
    title: show.title,
    artist: show.artist,
    when: show.startsAt ? `${dateTime(show.startsAt, zone)} (${zone})` : undefined,
    doors: show.doorsAt ? clock(show.doorsAt, zone) : undefined,
    address: `${location.origin}/events/${show.slug}`,
    code: codes.length === 1 && first ? first.code : '{code}',
  });
  const title =
    codes.length === 0 ? 'No new codes' : codes.length === 1 ? 'One new code' : `${number(codes.length)} new codes`;
  return (
    <section className={styles.made} aria-labelledby="made-title">
      <header className={styles.madeHead}>
        <h2 id="made-title" ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h2>
        <Button size="small" look="plain" onClick={close}>
          <Icon.Close /> Put away
        </Button>
      </header>
      {imported && <ImportResult imported={imported} />}
      {codes.length > 0 && (
        <>
          <p className={styles.once}>
            <Icon.Lock />{' '}
            {view.saved
              ? 'Saved. You can put them away; here nobody can read them again afterwards.'
              : 'They are shown this once and stored in no readable form. Save them before you put them away; what you make meanwhile is added.'}
          </p>
          <div className={styles.acts}>
            <LinkButton look="primary" href={file} download={`${show.slug}-codes.csv`} onClick={saved}>
              Save as CSV
            </LinkButton>
            <Button aria-pressed={sheet} onClick={() => setSheet(!sheet)}>
              Print sheet
            </Button>
          </div>
          {sheet ? (
            <div className={styles.sheetFrame}>
              <div className={styles.sheetActs}>
                <Button
                  onClick={() => {
                    print();
                    if (codes.length <= shownAtMost) saved();
                  }}
                >
                  Print
                </Button>
                {codes.length > shownAtMost && (
                  <p className={table.muted}>
                    The first {shownAtMost} of {number(codes.length)}. Print the others from the file.
                  </p>
                )}
              </div>
              {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so */}
              <ul role="list" className={styles.sheet}>
                {codes.slice(0, shownAtMost).map(c => (
                  <li key={c.number} className={styles.stub}>
                    <Qr text={address(c.code)} label={`QR code of ticket ${c.number}`} />
                    <div className={styles.stubText}>
                      <p className={styles.stubTitle}>
                        <bdi>{show.title}</bdi>
                      </p>
                      {show.startsAt && <p>{dateTime(show.startsAt, zone)}</p>}
                      <p className={styles.code}>{c.code}</p>
                      <p className={table.muted}>
                        No. {c.number} · <bdi>{c.tier}</bdi>
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
            </div>
          ) : (
            <div className={table.frame}>
              <table className={`${table.table} ${table.stack}`}>
                <caption className="visually-hidden">New codes</caption>
                <thead>
                  <tr>
                    <th scope="col">Number</th>
                    <th scope="col">Code</th>
                    <th scope="col">Tier</th>
                  </tr>
                </thead>
                <tbody>
                  {codes.slice(0, 10).map(c => (
                    <tr key={c.number}>
                      <th scope="row">{c.number}</th>
                      <td className={styles.code}>{c.code}</td>
                      <td data-label="Tier">
                        <bdi>{c.tier}</bdi>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {codes.length > 10 && <p className={styles.rest}>and {number(codes.length - 10)} more in the file</p>}
            </div>
          )}
          <details className={styles.mail}>
            <summary>Text for your mail</summary>
            <CopyBlock text={mail} what="text for your mail" />
          </details>
        </>
      )}
    </section>
  );
}

function ImportResult({ imported }: { imported: Imported }) {
  const { made, known, refused } = imported;
  return (
    <div className={styles.result} role="status">
      <p>
        {number(made)} made, {number(known)} known already
        {refused.length > 0 ? `, ${number(refused.length)} not taken:` : ', none refused.'}
      </p>
      {refused.length > 0 && (
        <ul className={styles.refused}>
          {refused.slice(0, 50).map(r => (
            <li key={r.line}>
              Line {number(r.line)} {whyLine(r.why)}
            </li>
          ))}
          {refused.length > 50 && <li>and {number(refused.length - 50)} more</li>}
        </ul>
      )}
    </div>
  );
}
