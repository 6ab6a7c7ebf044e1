import { Card, LinkButton } from '@carillon/web-kit';
import { useCallback, useEffect, useState } from 'react';
import { browserSocket } from '../../fan/session/device.ts';
import { wordsFor } from '../../staff/session/words.ts';
import { Frame } from '../../staff/ui/Frame.tsx';
import { Failed, Loading } from '../../staff/ui/State.tsx';
import { useLoad } from '../../staff/useLoad.ts';
import { useTitle } from '../../staff/useTitle.ts';
import { DeskApi } from '../session/api.ts';
import { DeskModel } from '../session/desk.ts';
import type { DeskPage } from '../session/types.ts';
import { Desk } from './Desk.tsx';

/** `/events/desk/{id}`: one show's desk, for its artist, its moderators and its organiser. */
export function DeskApp({ id }: { id: string }) {
  const [api] = useState(() => new DeskApi(id));
  const load = useCallback(() => api.page(), [api]);
  const [page, again] = useLoad(load);
  useTitle(page.value ? `Desk · ${page.value.show.title}` : 'Desk');

  if (page.is === 'failed' && !page.value) {
    const { code } = page.refusal;
    const no = code === 'SignInNeeded' || code === 'NotYours' || code === 'NotFound';
    return (
      <Frame>
        <h1 className={no ? undefined : 'visually-hidden'}>{no ? 'This desk is closed to you' : 'Desk'}</h1>
        {no ? (
          <Card
            title={code === 'SignInNeeded' ? 'You are not signed in' : 'You are not part of this show'}
            note="Open the invitation that the organiser sent you. It works once; lost ones are replaced by the organiser."
          >
            <div>
              <LinkButton href="/events/organise">To your shows</LinkButton>
            </div>
          </Card>
        ) : (
          <Failed words={wordsFor(page.refusal)} retry={() => void again()} />
        )}
      </Frame>
    );
  }
  if (!page.value)
    return (
      <Frame>
        <h1 className="visually-hidden">Desk</h1>
        <Loading what="the desk" />
      </Frame>
    );
  return <Known api={api} page={page.value} />;
}

function Known({ api, page }: { api: DeskApi; page: DeskPage }) {
  const [model] = useState(
    () =>
      new DeskModel(api, page, {
        open: browserSocket(api.socketUrl),
        now: () => Date.now(),
        random: () => Math.random(),
        after: (ms, act) => {
          const timer = setTimeout(act, ms);
          return () => clearTimeout(timer);
        },
      }),
  );
  useEffect(() => {
    model.start();
    const back = () => {
      if (document.visibilityState === 'visible') model.retryNow();
    };
    addEventListener('online', back);
    // A phone that was put away has slept through its own attempts.
    document.addEventListener('visibilitychange', back);
    return () => {
      removeEventListener('online', back);
      document.removeEventListener('visibilitychange', back);
      model.stop();
    };
  }, [model]);
  return <Desk api={api} model={model} />;
}
