import { Button, Icon } from '@carillon/web-kit';
import { useEffect, useRef } from 'react';
import type { Lack, OrganisedShow } from '../../../staff/session/types.ts';
import { type FieldName, fields } from '../../session/definition.ts';
import styles from './CheckList.module.css';

/** What stands between the draft and its fans; each line leads to its field. */
export function CheckList({
  show,
  lacks,
  told,
  publishing,
  error,
  waits,
  publish,
  toField,
}: {
  show: OrganisedShow;
  lacks: readonly Lack[];
  /** Somebody has tried to publish it. */
  told: boolean;
  publishing: boolean;
  error: string | undefined;
  /** The form waits for a decision first. */
  waits: boolean;
  publish: () => void;
  toField: (lack: Lack) => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (told) heading.current?.focus();
  }, [told]);
  const address = `/events/${show.slug}`;

  if (show.state !== 'draft')
    return (
      <section className={styles.card} aria-labelledby="check-title">
        <h2 id="check-title" className={styles.title}>
          {show.state === 'published' ? 'Published' : 'This show is over'}
        </h2>
        {show.state === 'published' ? (
          <>
            <p className={styles.note}>Fans see changes as soon as they are saved.</p>
            <p className={styles.address}>
              <a href={address}>
                <bdi>{`${location.host}${address}`}</bdi>
              </a>
            </p>
            {lacks.length > 0 && <Lines lacks={lacks} toField={toField} />}
          </>
        ) : (
          <p className={styles.note}>Its archive is on the page “After the show”.</p>
        )}
      </section>
    );
  return (
    <section className={styles.card} aria-labelledby="check-title">
      <h2 id="check-title" ref={heading} tabIndex={-1} className={styles.title}>
        {lacks.length === 0 ? 'Ready to publish' : 'Before you publish'}
      </h2>
      {lacks.length === 0 ? (
        <p className={styles.note}>
          Everything is there. Fans will see it at <bdi>{address}</bdi>, and accounts begin to be made.
        </p>
      ) : (
        <Lines lacks={lacks} toField={toField} />
      )}
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <div>
        <Button
          look={lacks.length > 0 ? 'quiet' : 'primary'}
          aria-disabled={publishing || waits}
          onClick={() => !publishing && !waits && publish()}
        >
          {publishing ? 'Publishing' : 'Publish'}
        </Button>
      </div>
      {waits && <p className={styles.note}>First the form has to be saved.</p>}
    </section>
  );
}

function Lines({ lacks, toField }: { lacks: readonly Lack[]; toField: (lack: Lack) => void }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
    <ul role="list" className={styles.list}>
      {lacks.map(lack => (
        <li key={`${lack.field} ${lack.why}`} className={styles.line}>
          <Icon.Flag />
          <span>
            <a
              href={`#${lack.step}`}
              onClick={event => {
                event.preventDefault();
                toField(lack);
              }}
            >
              {fields[lack.field as FieldName]?.name ?? lack.field}
            </a>
            <span className={styles.why}> {lack.why}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
