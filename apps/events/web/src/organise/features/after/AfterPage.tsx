import { Button, Card, Icon, LinkButton, StatusDot, type Tone, useAnnounce } from '@carillon/web-kit';
import { useCallback, useState } from 'react';
import { Link } from '../../../staff/route.tsx';
import type { Organiser } from '../../../staff/session/api.ts';
import type { Archive, OrganisedShow } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { dateTime, number } from '../../../staff/times.ts';
import { Form, TextField } from '../../../staff/ui/Form.tsx';
import { Empty, Failed, Loading } from '../../../staff/ui/State.tsx';
import { useAct } from '../../../staff/useAct.ts';
import { useLoad } from '../../../staff/useLoad.ts';
import { isZone } from '../../session/zoned.ts';
import styles from './After.module.css';

const states: Record<Archive['state'], [Tone, string]> = {
  growing: ['busy', 'Growing: everything said is added as it is said'],
  closed: ['good', 'Closed: nothing is added any more'],
  none: ['off', 'Nothing yet'],
};

/** What remains: the archive first, and only then the clearing away. */
export function AfterPage({ api, show, became }: { api: Organiser; show: OrganisedShow; became: () => Promise<void> }) {
  const announce = useAnnounce();
  const load = useCallback(() => api.archive(), [api]);
  const [archive, again] = useLoad(load);
  if (archive.is === 'failed' && !archive.value)
    return <Failed words={wordsFor(archive.refusal)} retry={() => void again()} />;
  const a = archive.value;
  if (!a) return <Loading what="the archive" />;
  const zone = isZone(show.zone) ? show.zone : 'UTC';
  const [tone, word] = states[a.state];
  return (
    <>
      {a.state === 'none' ? (
        <Empty icon={<Icon.Book />} title="The archive begins with the first message">
          <p>
            Everything said is kept as it is said, removed messages marked, for staff and lawyers only. After the show
            it is closed, counted against the platform and sealed by a chain of hashes; then the rest can be cleared
            away.
          </p>
        </Empty>
      ) : (
        <Card
          title="Archive"
          note="What was removed, held or refused is in it, marked, with who decided and why. Keep it as long as your law says."
        >
          <p>
            <StatusDot tone={tone} long>
              {word}
            </StatusDot>
          </p>
          <dl className={styles.facts}>
            <div>
              <dt>Messages</dt>
              <dd>{number(a.messages)}</dd>
            </div>
            <div>
              <dt>Of them removed</dt>
              <dd>{number(a.removed)}</dd>
            </div>
            <div>
              <dt>Never shown</dt>
              <dd>{number(a.withheld ?? 0)}</dd>
            </div>
            {a.firstAt && a.lastAt && (
              <div className={styles.wide}>
                <dt>From and to, {zone}</dt>
                <dd>
                  {dateTime(a.firstAt, zone)} – {dateTime(a.lastAt, zone)}
                </dd>
              </div>
            )}
            {a.head && (
              <div className={styles.wide}>
                <dt>Last link of the chain (SHA-256)</dt>
                <dd className={styles.hash} dir="ltr">
                  {a.head}
                </dd>
              </div>
            )}
          </dl>
          {a.state === 'closed' && (
            <p>
              <StatusDot tone={a.verified ? 'good' : 'warn'} long>
                {a.verified
                  ? 'Verified: the count agrees with the platform’s, and each line with the one before it.'
                  : 'Not verified yet: it is being counted against the platform.'}
              </StatusDot>
            </p>
          )}
          <div className={styles.acts}>
            <LinkButton look="primary" href={`${api.path}/archive.jsonl`} download={`${show.slug}.jsonl`}>
              Save as JSON lines
            </LinkButton>
            <LinkButton href={`${api.path}/archive.html`} download={`${show.slug}.html`}>
              Save to read
            </LinkButton>
            <Button
              onClick={() =>
                void again().then(() => announce('Looked again; the numbers are those of this moment.', true))
              }
            >
              {a.state === 'closed' && !a.verified ? 'Look whether it is verified' : 'Look again'}
            </Button>
          </div>
        </Card>
      )}
      <Clear api={api} show={show} archive={a} became={became} />
    </>
  );
}

function Clear({
  api,
  show,
  archive,
  became,
}: {
  api: Organiser;
  show: OrganisedShow;
  archive: Archive;
  became: () => Promise<void>;
}) {
  const [title, setTitle] = useState('');
  const [error, setError] = useState<string>();
  const [started, setStarted] = useState(false);
  const clearing = useAct();

  if (show.state === 'cleared' || started)
    return (
      <Card title="Clearing away">
        <p>
          <StatusDot tone={show.state === 'cleared' ? 'good' : 'busy'} long>
            {show.state === 'cleared'
              ? 'Cleared: nothing of the show is left on the platform. The archive stays here.'
              : 'Begun. It goes on by itself, however long it takes.'}
          </StatusDot>
        </p>
        {show.state !== 'cleared' && (
          <p>
            <Link href={`/events/organise/${show.id}/progress`}>See how far it is</Link>
          </p>
        )}
      </Card>
    );
  const early =
    show.state === 'draft' || show.state === 'published'
      ? 'This is possible once the show has ended.'
      : !archive.verified
        ? 'This is possible once the archive is closed and verified.'
        : undefined;

  async function submit() {
    if (title.trim() !== show.title.trim()) {
      setError('This is not the title. Write it as it stands above.');
      return;
    }
    await clearing.run(async () => {
      await api.clear(title.trim());
      setStarted(true);
      await became();
    });
  }

  return (
    <Card
      title="Clear away"
      note="Deletes the channel and every fan’s account from the platform. The archive stays here. This cannot be undone."
    >
      {early ? (
        <p className={styles.muted}>{early}</p>
      ) : (
        <Form className={styles.form} submit={submit} error={clearing.error}>
          <TextField
            label={`Write the title to confirm: ${show.title}`}
            value={title}
            error={error}
            change={text => {
              setTitle(text);
              setError(undefined);
            }}
          />
          <div>
            <Button type="submit" look="danger" aria-disabled={clearing.busy}>
              <Icon.Trash /> Clear away
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}
