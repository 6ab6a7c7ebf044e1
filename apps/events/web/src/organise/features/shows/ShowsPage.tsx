import { Button, Dialog, Icon, useAnnounce } from '@carillon/web-kit';
import { useCallback, useEffect, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { ownZone, placeOf } from '../../../shared/time.ts';
import { go, Link } from '../../../staff/route.tsx';
import { StatePill } from '../../../staff/StatePill.tsx';
import { createShow, listShows } from '../../../staff/session/api.ts';
import type { ShowLine, WhoAmI } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { dateTime, number } from '../../../staff/times.ts';
import { Form, TextField } from '../../../staff/ui/Form.tsx';
import { Empty, Failed, Loading } from '../../../staff/ui/State.tsx';
import { useAct } from '../../../staff/useAct.ts';
import { useLoad } from '../../../staff/useLoad.ts';
import { useTitle } from '../../../staff/useTitle.ts';
import { isZone } from '../../session/zoned.ts';
import styles from './Shows.module.css';
import { YourShows } from './YourShows.tsx';

/** All shows, the newest first. */
export function ShowsPage({ invited }: { invited: WhoAmI['shows'] }) {
  useTitle('Shows');
  const announce = useAnnounce();
  const [text, setText] = useState(() => new URLSearchParams(location.search).get('q') ?? '');
  const q = useRested(text.trim());
  const load = useCallback(() => listShows(q), [q]);
  const [page, again] = useLoad(load);
  const [more, setMore] = useState<{ of: string; shows: ShowLine[]; next: string | null }>();
  const [making, setMaking] = useState(false);

  useEffect(() => {
    history.replaceState(null, '', q ? `?q=${encodeURIComponent(q)}` : location.pathname);
  }, [q]);

  const first = page.value;
  const further = more?.of === q ? more : undefined;
  const shows = first ? [...first.shows, ...(further?.shows ?? [])] : [];
  const next = further ? further.next : first?.next;

  async function loadMore() {
    if (!next) return;
    try {
      const found = await listShows(q, next);
      setMore({ of: q, shows: [...(further?.shows ?? []), ...found.shows], next: found.next });
      announce(`${found.shows.length} more shows`, true);
    } catch (error) {
      announce(wordsFor(refusalOf(error)), true);
    }
  }

  const nothing = page.is === 'ready' && shows.length === 0;
  return (
    <>
      <div className={styles.head}>
        <h1>Shows</h1>
        <div className={styles.acts}>
          <Link href="/events/organise/words" className={styles.words}>
            Words for all shows
          </Link>
          <Button look="primary" onClick={() => setMaking(true)}>
            New show
          </Button>
        </div>
      </div>
      {invited.length > 0 && (
        <section aria-labelledby="invited" className={styles.section}>
          <h2 id="invited" className={styles.sub}>
            Your desks
          </h2>
          <YourShows shows={invited} />
        </section>
      )}
      {(shows.length > 0 || q || text) && (
        <div className={styles.search}>
          <TextField label="Search by title" type="search" value={text} change={setText} />
        </div>
      )}
      {page.is === 'failed' && <Failed words={wordsFor(page.refusal)} retry={() => void again()} />}
      {page.is === 'loading' && !first && <Loading what="shows" />}
      {nothing &&
        (q ? (
          <Empty title="No show has this title">
            <p>Try fewer letters, or clear the search.</p>
            <Button onClick={() => setText('')}>Clear the search</Button>
          </Empty>
        ) : (
          <Empty icon={<Icon.Ticket />} title="No shows yet">
            <p>
              A show is an evening: a time, a stream, tickets and a chat. Five short steps, saved as you go; nothing is
              seen by fans until you publish it.
            </p>
            <Button look="primary" onClick={() => setMaking(true)}>
              Make your first show
            </Button>
          </Empty>
        ))}
      {shows.length > 0 && (
        // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
        <ul role="list" className={styles.list} aria-label="Shows">
          {shows.map(show => (
            <Line key={show.id} show={show} />
          ))}
        </ul>
      )}
      {next && (
        <div>
          <Button onClick={() => void loadMore()}>More shows</Button>
        </div>
      )}
      {making && <NewShow close={() => setMaking(false)} />}
    </>
  );
}

function Line({ show }: { show: ShowLine }) {
  return (
    <li className={styles.line}>
      <div className={styles.names}>
        <Link href={`/events/organise/${show.id}`} className={styles.title}>
          <bdi>{show.title || 'Untitled show'}</bdi>
        </Link>
        <span className={styles.muted}>
          {show.artist && (
            <>
              <bdi>{show.artist}</bdi> ·{' '}
            </>
          )}
          {show.startsAt ? whenIn(show.startsAt, show.zone) : 'No time yet'}
        </span>
      </div>
      <dl className={styles.counts}>
        <div>
          <dt>Tickets</dt>
          <dd>{number(show.tickets)}</dd>
        </div>
        <div>
          <dt>Entered</dt>
          <dd>{number(show.entered)}</dd>
        </div>
      </dl>
      <StatePill state={show.state} phase={show.phase} />
    </li>
  );
}

/** A draft may name a zone that this browser has never heard of. */
function whenIn(at: string, zone: string): string {
  return isZone(zone) ? `${dateTime(at, zone)} in ${placeOf(zone)}` : `${dateTime(at, 'UTC')} UTC`;
}

function NewShow({ close }: { close: () => void }) {
  const [title, setTitle] = useState('');
  const [error, setError] = useState<string>();
  const making = useAct();
  const zone = ownZone();

  async function submit() {
    if (!title.trim()) {
      setError('Give the show a title. It can be changed later.');
      return;
    }
    await making.run(async () => {
      const show = await createShow(title.trim(), zone).catch((failed: unknown) => {
        // A browser may know a zone that the server does not; the form asks for it then.
        if (refusalOf(failed).body.member === 'zone') return createShow(title.trim());
        throw failed;
      });
      go(`/events/organise/${show.id}`);
    });
  }

  return (
    <Dialog title="New show" closeName="Close" onClose={close}>
      <Form submit={submit} error={making.error} className={styles.form}>
        <TextField
          label="Title"
          hint="As fans know it. It can be changed later."
          value={title}
          error={error}
          change={text => {
            setTitle(text);
            setError(undefined);
          }}
        />
        <p className={styles.muted}>
          Its clock is that of {placeOf(zone)} ({zone}), as this browser has it. Change it in the form if the show takes
          place elsewhere.
        </p>
        <div className={styles.acts}>
          <Button type="submit" look="primary" aria-disabled={making.busy}>
            {making.busy ? 'Making it' : 'Make the show'}
          </Button>
          <Button look="plain" onClick={close}>
            Cancel
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** A text once it has rested a moment, so that not each letter is a question. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
