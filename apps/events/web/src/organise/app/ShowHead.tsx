import { Button, Dialog, Icon, LinkButton, Menu, type MenuItem, useAnnounce } from '@carillon/web-kit';
import { useRef, useState } from 'react';
import { refusalOf } from '../../shared/http.ts';
import { go, Link } from '../../staff/route.tsx';
import { StatePill } from '../../staff/StatePill.tsx';
import type { Organiser } from '../../staff/session/api.ts';
import { useAct } from '../../staff/useAct.ts';
import { useTitle } from '../../staff/useTitle.ts';
import type { Editor, EditorView } from '../session/editor.ts';
import styles from './ShowHead.module.css';

const sections = [
  { path: '', name: 'Form' },
  { path: 'tickets', name: 'Tickets' },
  { path: 'team', name: 'Team' },
  { path: 'progress', name: 'Getting ready' },
  { path: 'after', name: 'After the show' },
] as const;

type Act = 'end' | 'unpublish' | 'delete';

const questions: Record<Act, { title: string; text: string; yes: string }> = {
  end: {
    title: 'End the show now?',
    text: 'Fans are told that it is over, nobody comes in any more, and the chat closes. This cannot be undone.',
    yes: 'End the show',
  },
  unpublish: {
    title: 'Take it back to a draft?',
    text: 'Its page disappears for fans. Tickets stay as they are, and you can publish it again.',
    yes: 'Take it back',
  },
  delete: {
    title: 'Delete this draft?',
    text: 'The draft and its tickets are gone for good.',
    yes: 'Delete the draft',
  },
};

/** The show's name, where it stands, what can be done with it, and its pages. */
export function ShowHead({
  api,
  editor,
  view,
  section,
  became,
}: {
  api: Organiser;
  editor: Editor;
  view: EditorView;
  section: string;
  became: () => Promise<void>;
}) {
  const announce = useAnnounce();
  const { show, values } = view;
  const name = values.title.trim() || 'Untitled show';
  const here = sections.find(s => s.path === section) ?? sections[0];
  useTitle(`${here.name} · ${name}`);
  const [menu, setMenu] = useState<{ x: number; y: number }>();
  const [ask, setAsk] = useState<Act>();
  const doing = useAct();
  const { error, setError } = doing;
  const more = useRef<HTMLButtonElement>(null);

  const duplicate = () =>
    doing.run(async () => {
      await editor.flush();
      const copy = await api.duplicate();
      go(`/events/organise/${copy.id}`);
      announce('Duplicated, without its times. You are on the copy now.', true);
    });

  const act = (what: Act) =>
    doing.run(async () => {
      try {
        if (what === 'delete') {
          await api.remove();
          go('/events/organise', true);
          return;
        }
        // What is still on its way is stored first, as long as it can be.
        await editor.flush();
        await (what === 'end' ? api.end() : api.unpublish());
        await became();
      } catch (failed) {
        if (what === 'unpublish' && refusalOf(failed).code === 'WrongState')
          setError('Somebody has come in already, so it stays published. You can end it instead.');
        else throw failed;
      } finally {
        setAsk(undefined);
      }
    });

  const items: MenuItem[] = [
    { id: 'duplicate', name: 'Duplicate', icon: <Icon.Copy />, act: () => void duplicate() },
    ...(show.state === 'published'
      ? [
          { id: 'unpublish', name: 'Back to draft', icon: <Icon.Pencil />, act: () => setAsk('unpublish') },
          { id: 'end', name: 'End the show', icon: <Icon.Leave />, danger: true, act: () => setAsk('end') },
        ]
      : []),
    ...(show.state === 'draft'
      ? [{ id: 'delete', name: 'Delete draft', icon: <Icon.Trash />, danger: true, act: () => setAsk('delete') }]
      : []),
  ];
  const base = `/events/organise/${show.id}`;
  return (
    <header className={styles.head}>
      <p className={styles.crumb}>
        <Link href="/events/organise">Shows</Link>
      </p>
      <div className={styles.top}>
        <h1 className={styles.title}>
          <bdi>{name}</bdi>
        </h1>
        <StatePill state={show.state} phase={show.phase} />
        <div className={styles.acts}>
          {show.state === 'published' && (
            <>
              <LinkButton size="small" href={`/events/${show.slug}`} target="_blank" rel="noreferrer">
                <Icon.External /> Fan’s page
              </LinkButton>
              <LinkButton size="small" href={`/events/desk/${show.id}`}>
                <Icon.Chat /> Desk
              </LinkButton>
            </>
          )}
          <Button
            ref={more}
            size="small"
            aria-haspopup="menu"
            onClick={event => {
              const box = event.currentTarget.getBoundingClientRect();
              setMenu({ x: box.left, y: box.bottom + 4 });
            }}
          >
            <Icon.More /> More
          </Button>
        </div>
      </div>
      {error && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      <nav aria-label="This show" className={styles.nav}>
        {sections.map(s => (
          <Link
            key={s.path}
            href={s.path ? `${base}/${s.path}` : base}
            className={styles.link}
            aria-current={s.path === here.path ? 'page' : undefined}
          >
            {s.name}
          </Link>
        ))}
      </nav>
      {menu && (
        <Menu
          label={`More for ${name}`}
          items={items}
          at={menu}
          onClose={() => {
            setMenu(undefined);
            more.current?.focus();
          }}
        />
      )}
      {ask && (
        <Dialog title={questions[ask].title} closeName="Close" onClose={() => setAsk(undefined)}>
          <p>{questions[ask].text}</p>
          <div className={styles.dialogActs}>
            <Button look="danger" aria-disabled={doing.busy} onClick={() => void act(ask)}>
              {questions[ask].yes}
            </Button>
            <Button onClick={() => setAsk(undefined)}>Keep it</Button>
          </div>
        </Dialog>
      )}
    </header>
  );
}
