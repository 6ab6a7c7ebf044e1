import { Button, Icon, StatusDot, ThemeSwitch, Wordmark } from '@carillon/web-kit';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { ErrorBoundary } from '../../shared/ErrorBoundary.tsx';
import { StatePill } from '../../staff/StatePill.tsx';
import { wordsFor } from '../../staff/session/words.ts';
import { number } from '../../staff/times.ts';
import { Failed, Loading } from '../../staff/ui/State.tsx';
import { HeldPane } from '../features/held/HeldPane.tsx';
import { LogDialog } from '../features/log/LogDialog.tsx';
import { PeoplePane } from '../features/people/PeoplePane.tsx';
import { SanctionDialog } from '../features/people/SanctionDialog.tsx';
import type { PaneProps, Target } from '../features/pane.ts';
import { RulesDialog } from '../features/rules/RulesDialog.tsx';
import { SettingsDialog } from '../features/settings/SettingsDialog.tsx';
import { useChime } from '../features/settings/useChime.ts';
import { UndoToast } from '../features/undo/UndoToast.tsx';
import { useColleagues } from '../features/useColleagues.ts';
import type { DeskApi } from '../session/api.ts';
import type { DeskModel } from '../session/desk.ts';
import { commandOf, keysWanted, soundWanted, wantKeys, wantSound } from '../session/keys.ts';
import type { Numbers } from '../session/types.ts';
import styles from './Desk.module.css';
import { LinkBanner } from './LinkBanner.tsx';
import { Panes, useWide } from './Panes.tsx';

const LivePane = lazy(() => import('../features/live/LivePane.tsx'));

/** Three panes: what is being said, what waits, and who is here; one with tabs where there is no room for three. */
export function Desk({ api, model }: { api: DeskApi; model: DeskModel }) {
  const view = useSyncExternalStore(model.subscribe, model.snapshot);
  const wide = useWide();
  const [open, setOpen] = useState<'rules' | 'log' | 'settings'>();
  const [target, setTarget] = useState<Target>();
  const [keys, setKeys] = useState(keysWanted);
  const [sound, setSound] = useState(soundWanted);
  useChime(model, sound);
  useColleagues(model, view.page.name);

  const sanction = useCallback((next: Target) => setTarget(next), []);
  const props: PaneProps = useMemo(() => ({ model, keys, sanction }), [model, keys, sanction]);

  useEffect(() => {
    if (!keys) return;
    const pressed = (event: KeyboardEvent) => {
      // Wherever the reader is on this page, but never while a dialog is open or something is written.
      if (commandOf(event) !== 'z' || document.querySelector('dialog[open]')) return;
      void model.undoLast();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [model, keys]);

  const { page, numbers } = view;
  return (
    <div className={styles.desk}>
      <header className={styles.head}>
        <div className={styles.titleRow}>
          <a href="/events/organise" className={styles.home} aria-label="Carillon, your shows">
            <Wordmark />
          </a>
          <h1 className={styles.title}>
            <span className="visually-hidden">Desk: </span>
            <bdi>{page.show.title}</bdi>
          </h1>
          <StatePill state={view.phase === 'ended' ? 'ended' : 'published'} phase={view.phase} />
          <div className={styles.acts}>
            <Button size="small" onClick={() => setOpen('rules')}>
              <Icon.Lock /> Rules
            </Button>
            <Button size="small" onClick={() => setOpen('log')}>
              <Icon.Book /> Log
            </Button>
            <Button size="small" onClick={() => setOpen('settings')}>
              <Icon.Settings /> Settings
            </Button>
            {wide && <ThemeSwitch />}
          </div>
        </div>
        <Strip numbers={numbers} />
      </header>
      <LinkBanner model={model} link={view.link} />
      {view.trouble && (
        <div role="alert" className={styles.trouble}>
          <span>
            {view.trouble.code === 'WrongState'
              ? 'Somebody else was quicker, or it is too late for that.'
              : wordsFor(view.trouble)}
          </span>
          <Button size="small" look="plain" onClick={() => model.dismissTrouble()}>
            <Icon.Close /> Close
          </Button>
        </div>
      )}
      <main className={styles.main}>
        <Panes
          wide={wide}
          panes={[
            {
              id: 'live',
              title: 'Live',
              content: (
                <ErrorBoundary fallback={retry => <Failed words="The chat of this page has failed." retry={retry} />}>
                  <Suspense fallback={<Loading what="the chat" />}>
                    <LivePane api={api} page={page} {...props} />
                  </Suspense>
                </ErrorBoundary>
              ),
            },
            { id: 'held', title: 'Held', count: view.heldTotal, content: <HeldPane view={view} {...props} /> },
            { id: 'people', title: 'People', content: <PeoplePane view={view} {...props} /> },
          ]}
        />
        <UndoToast model={model} done={view.done} keys={keys} />
      </main>
      {open === 'rules' && <RulesDialog api={api} model={model} rules={view.rules} close={() => setOpen(undefined)} />}
      {open === 'log' && <LogDialog model={model} view={view} close={() => setOpen(undefined)} />}
      {open === 'settings' && (
        <SettingsDialog
          name={page.name}
          role={page.role}
          theme={!wide}
          keys={keys}
          setKeys={on => {
            setKeys(on);
            wantKeys(on);
          }}
          sound={sound}
          setSound={on => {
            setSound(on);
            wantSound(on);
          }}
          close={() => setOpen(undefined)}
        />
      )}
      {target && <SanctionDialog model={model} target={target} close={() => setTarget(undefined)} />}
    </div>
  );
}

function Strip({ numbers }: { numbers: Numbers }) {
  const fast = numbers.messagesPerMinute >= 300;
  return (
    <dl className={styles.numbers}>
      <Figure name="Here" value={number(numbers.present)} />
      <Figure
        name="Messages a minute"
        value={number(numbers.messagesPerMinute)}
        note={fast ? 'Too fast to read: slow mode helps' : undefined}
      />
      <Figure name="Held" value={number(numbers.held)} minor />
      <Figure name="Removed" value={number(numbers.removed)} minor />
      <Figure name="Reactions a minute" value={number(numbers.reactionsPerMinute)} minor />
      <div>
        <dt>Stream</dt>
        <dd>
          <StatusDot tone={numbers.stream === 'ok' ? 'good' : numbers.stream === 'down' ? 'bad' : 'off'}>
            {numbers.stream === 'ok' ? 'Plays' : numbers.stream === 'down' ? 'Down' : 'Not watched'}
          </StatusDot>
        </dd>
      </div>
    </dl>
  );
}

function Figure({
  name,
  value,
  note,
  minor,
}: {
  name: string;
  value: string;
  note?: string | undefined;
  /** A phone has no room for it beside what is read there. */
  minor?: boolean;
}) {
  return (
    <div className={minor ? styles.minor : undefined}>
      <dt>{name}</dt>
      <dd>
        {value}
        {note && <span className={styles.figureNote}> {note}</span>}
      </dd>
    </div>
  );
}
