import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Organiser } from '../../staff/session/api.ts';
import type { OrganisedShow } from '../../staff/session/types.ts';
import { wordsFor } from '../../staff/session/words.ts';
import { Empty, Failed, Loading } from '../../staff/ui/State.tsx';
import { useLoad } from '../../staff/useLoad.ts';
import { AfterPage } from '../features/after/AfterPage.tsx';
import { FormPage } from '../features/form/FormPage.tsx';
import { ProgressPage } from '../features/progress/ProgressPage.tsx';
import { TeamPage } from '../features/team/TeamPage.tsx';
import { TicketsPage } from '../features/tickets/TicketsPage.tsx';
import { Editor } from '../session/editor.ts';
import { keptOf } from '../session/keptCodes.ts';
import { ShowHead } from './ShowHead.tsx';

/** One show: its form, its tickets, its people, how far it is made, and what remains of it. */
export default function ShowPage({ id, section }: { id: string; section: string }) {
  const [api] = useState(() => new Organiser(id));
  const load = useCallback(() => api.show(), [api]);
  const [show, again] = useLoad(load);
  if (show.is === 'failed' && !show.value)
    return show.refusal.status === 404 ? (
      <>
        <h1 className="visually-hidden">Show</h1>
        <Empty title="This show is not here">
          <p>
            It may have been deleted. <a href="/events/organise">To all shows</a>
          </p>
        </Empty>
      </>
    ) : (
      <>
        <h1 className="visually-hidden">Show</h1>
        <Failed words={wordsFor(show.refusal)} retry={() => void again()} />
      </>
    );
  if (!show.value)
    return (
      <>
        <h1 className="visually-hidden">Show</h1>
        <Loading what="the show" />
      </>
    );
  return <Known api={api} first={show.value} section={section} />;
}

function Known({ api, first, section }: { api: Organiser; first: OrganisedShow; section: string }) {
  const [editor] = useState(() => new Editor(api, first));
  const view = useSyncExternalStore(editor.subscribe, editor.snapshot);

  useEffect(() => {
    const hidden = () => {
      if (document.visibilityState === 'hidden') void editor.flush();
    };
    const leaving = (event: BeforeUnloadEvent) => {
      if (editor.snapshot().saving.is === 'saved') return;
      void editor.flush();
      event.preventDefault();
    };
    document.addEventListener('visibilitychange', hidden);
    addEventListener('beforeunload', leaving);
    return () => {
      document.removeEventListener('visibilitychange', hidden);
      removeEventListener('beforeunload', leaving);
      editor.leave();
      void editor.flush();
    };
  }, [editor]);

  const became = useCallback(async () => editor.became(await api.show()), [api, editor]);
  const { show } = view;
  return (
    <>
      <ShowHead api={api} editor={editor} view={view} section={section} became={became} />
      {section === 'tickets' ? (
        <TicketsPage api={api} show={show} kept={keptOf(show.id, show.title)} />
      ) : section === 'team' ? (
        <TeamPage api={api} show={show} />
      ) : section === 'progress' ? (
        <ProgressPage api={api} show={show} />
      ) : section === 'after' ? (
        <AfterPage api={api} show={show} became={became} />
      ) : (
        <FormPage api={api} editor={editor} view={view} />
      )}
    </>
  );
}
