import { Button, Card, CopyBlock, Dialog, Icon, useAnnounce } from '@carillon/web-kit';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Organiser } from '../../../staff/session/api.ts';
import type { OrganisedShow, StaffMember } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Form, Radios, TextField } from '../../../staff/ui/Form.tsx';
import { Empty, Failed, Loading } from '../../../staff/ui/State.tsx';
import { useAct } from '../../../staff/useAct.ts';
import { useLoad } from '../../../staff/useLoad.ts';
import styles from './Team.module.css';

const kinds = { artist: 'Artist', moderator: 'Moderator' } as const;

/** Who speaks and keeps order: invited by a link that works once. */
export function TeamPage({ api, show }: { api: Organiser; show: OrganisedShow }) {
  const announce = useAnnounce();
  const load = useCallback(() => api.staff(), [api]);
  const [team, again] = useLoad(load);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<StaffMember['kind']>('moderator');
  const [error, setError] = useState<string>();
  const inviting = useAct(refusal =>
    refusal.body.member === 'name'
      ? 'This name cannot be used. Try letters and fewer of them.'
      : refusal.body.why === 'many'
        ? 'The team has 200 people, which is as many as a show can have.'
        : wordsFor(refusal),
  );
  const acting = useAct();
  const [link, setLink] = useState<{ name: string; link: string }>();
  const [remove, setRemove] = useState<StaffMember>();
  const open = show.state === 'draft' || show.state === 'published';
  const made = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (link) made.current?.focus();
  }, [link]);

  async function invite() {
    const whom = name.trim();
    if (!whom) {
      setError('Say who it is. Fans see this name beside what they write.');
      return;
    }
    await inviting.run(async () => {
      const answer = await api.invite(whom, kind);
      setLink({ name: whom, link: answer.link });
      setName(now => (now.trim() === whom ? '' : now));
      setError(undefined);
      await again();
    });
  }

  const renew = (member: StaffMember) =>
    acting.run(async () => {
      const answer = await api.inviteAgain(member.id);
      setLink({ name: member.name, link: answer.link });
    });

  const away = (member: StaffMember) =>
    acting.run(async () => {
      try {
        await api.removeStaff(member.id);
        announce(`${member.name} is removed`, true);
      } finally {
        setRemove(undefined);
        await again();
      }
    });

  const staff = team.value?.staff ?? [];
  return (
    <div className={styles.page}>
      <section aria-labelledby="team-title" className={styles.section}>
        <h2 id="team-title" className={styles.title}>
          Artist and moderators
        </h2>
        {link && (
          <div className={styles.link}>
            <p ref={made} tabIndex={-1} className={styles.linkTitle}>
              Send this to <bdi>{link.name}</bdi>
            </p>
            <CopyBlock text={link.link} what={`invitation for ${link.name}`} />
            <p className={styles.muted}>It works once, within 30 days, and is not shown again.</p>
            <div>
              <Button size="small" onClick={() => setLink(undefined)}>
                Put away
              </Button>
            </div>
          </div>
        )}
        {acting.error && (
          <p role="alert" className={styles.error}>
            {acting.error}
          </p>
        )}
        {team.is === 'failed' && <Failed words={wordsFor(team.refusal)} retry={() => void again()} />}
        {team.is === 'loading' && !team.value && <Loading what="the team" />}
        {team.is === 'ready' && staff.length === 0 && (
          <Empty icon={<Icon.Users />} title="Nobody is invited yet">
            <p>
              A show with a chat wants one moderator at least. You are one yourself: as its organiser you can open the
              desk.
            </p>
          </Empty>
        )}
        {staff.length > 0 && (
          // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
          <ul role="list" className={styles.list}>
            {staff.map(member => (
              <li key={member.id} className={styles.member}>
                <span className={styles.name}>
                  <bdi>{member.name}</bdi>
                  <span className={member.kind === 'artist' ? styles.artist : styles.badge}>{kinds[member.kind]}</span>
                </span>
                {open && (
                  <span className={styles.acts}>
                    <Button size="small" onClick={() => void renew(member)} aria-label={`New link for ${member.name}`}>
                      New link
                    </Button>
                    <Button
                      size="small"
                      look="danger"
                      onClick={() => setRemove(member)}
                      aria-label={`Remove ${member.name}`}
                    >
                      Remove
                    </Button>
                  </span>
                )}
              </li>
            ))}
          </ul>
        )}
      </section>
      {open && (
        <Card title="Invite" note="They need no account: the link signs them in.">
          <Form className={styles.section} submit={invite} error={inviting.error}>
            <TextField
              label="Name"
              hint="As fans will read it."
              value={name}
              error={error}
              change={text => {
                setName(text);
                setError(undefined);
              }}
            />
            <Radios
              legend="What they do"
              value={kind}
              change={setKind}
              options={[
                { value: 'moderator', name: 'Moderator', note: 'Keeps order: removes, holds, bans, pins.' },
                { value: 'artist', name: 'Artist', note: 'Writes marked messages; sees the same desk.' },
              ]}
            />
            <div>
              <Button type="submit" look="primary" aria-disabled={inviting.busy}>
                {inviting.busy ? 'Making the link' : 'Make the link'}
              </Button>
            </div>
          </Form>
        </Card>
      )}
      {remove && (
        <Dialog title={`Remove ${remove.name}?`} closeName="Close" onClose={() => setRemove(undefined)}>
          <p>They are signed out of this show at once. What they did stays in the log.</p>
          <div className={styles.acts}>
            <Button look="danger" aria-disabled={acting.busy} onClick={() => void away(remove)}>
              Remove them
            </Button>
            <Button onClick={() => setRemove(undefined)}>Keep them</Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
