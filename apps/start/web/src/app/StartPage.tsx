import { StatusDot, type Tone } from '@carillon/web-kit';
import { lazy, Suspense, useEffect } from 'react';
import { Connect } from '../features/connect/Connect.tsx';
import { Operator } from '../features/operator/Operator.tsx';
import { Running } from '../features/status/Running.tsx';
import { type StatusView, useStatus } from '../features/status/status.ts';
import type { Person } from '../session/demo.ts';
import { Frame } from './Frame.tsx';
import styles from './StartPage.module.css';

// The stock Chime client is larger than the rest of the page: it comes when the page already stands.
const Chat = lazy(() => import('../features/chat/Chat.tsx'));

export function StartPage() {
  const status = useStatus();
  const as = new URLSearchParams(location.search).get('as');
  const solo: Person | undefined = as === 'ada' || as === 'ben' ? as : undefined;

  useEffect(() => {
    document.title = solo ? `${solo === 'ada' ? 'Ada' : 'Ben'} · Carillon` : 'Carillon';
  }, [solo]);

  const state = <ReadyState status={status} />;
  const chat = status.known?.demo !== false && (
    <Suspense fallback={<div className={solo ? styles.soloRoom : styles.chatRoom} />}>
      <Chat {...(solo && { only: solo })} />
    </Suspense>
  );

  if (solo)
    return (
      <Frame beside={state} narrow>
        <h1 className="visually-hidden">{solo === 'ada' ? 'Ada’s window' : 'Ben’s window'}</h1>
        {chat || <p>The sample chat exists only on the computer that runs Carillon.</p>}
      </Frame>
    );

  return (
    <Frame beside={state}>
      <div className={styles.intro}>
        <h1 className={styles.title}>
          {status.unreachable ? 'Your messaging platform does not answer' : 'Your messaging platform is running'}
        </h1>
        <p className={styles.lead}>
          It speaks Amazon Chime SDK messaging. Say something below, then point your own client at it.
        </p>
      </div>
      <Running status={status} />
      {chat}
      <Connect status={status.known} />
      {status.known?.operator && <Operator operator={status.known.operator} signedOut={status.refresh} />}
    </Frame>
  );
}

function ReadyState({ status }: { status: StatusView }) {
  const [tone, word]: [Tone, string] = !status.known
    ? status.unreachable
      ? ['bad', 'Not reachable']
      : ['busy', 'Looking']
    : status.unreachable
      ? ['bad', 'Not reachable']
      : status.known.ready
        ? ['good', 'Ready']
        : ['warn', 'Starting'];
  return <StatusDot tone={tone}>{word}</StatusDot>;
}
