import { Button, get, Icon, Notice, StatusDot, type Tone } from '@carillon/web-kit';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { closeWords } from '../../session/closeCodes.ts';
import { socketHere } from '../../session/commands.ts';
import { fineTimeOf, took } from '../../session/times.ts';
import type { EventPage, GatewayEvent } from '../../session/types.ts';
import { ExactField } from '../../ui/ExactField.tsx';
import { Follow } from '../../ui/Follow.tsx';
import { trouble } from '../events/why.ts';
import styles from './Client.module.css';
import { type ClientState, type Line, type Phase, TestClient } from './client.ts';
import { templates } from './templates.ts';

const phases: Record<Phase, [Tone, string]> = {
  idle: ['off', 'Not connected'],
  connecting: ['busy', 'Connecting'],
  open: ['good', 'Connected'],
  closed: ['off', 'Closed'],
};

/** Connects to a stage as any page would, says what it is told to, and shows what it hears. */
export function Client({
  api,
  stage,
  expression,
  routes,
}: {
  api: string;
  stage: string;
  expression: string;
  routes: readonly string[];
}) {
  const [state, setState] = useState<ClientState>({ phase: 'idle', lines: [], closed: null, protocol: '' });
  const client = useMemo(() => new TestClient(setState), []);
  const [query, setQuery] = useState('');
  const [protocols, setProtocols] = useState('');
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  const refused = useRefusal(state, api, stage);
  const id = useId();
  const offered = templates(expression, routes);
  const [tone, word] = phases[state.phase];
  const isOpen = state.phase === 'open';
  const isBusy = isOpen || state.phase === 'connecting';

  useEffect(() => () => client.leave(), [client]);

  function connect() {
    client.connect(
      socketHere(api, stage, query.trim()),
      protocols
        .split(',')
        .map(p => p.trim())
        .filter(Boolean),
    );
  }

  function send() {
    if (client.send(text)) setText('');
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <div className={styles.client}>
      <form
        className={styles.where}
        onSubmit={event => {
          event.preventDefault();
          connect();
        }}
      >
        <ExactField
          label="Query"
          hint="Optional, for what $connect reads"
          placeholder="token=abc"
          value={query}
          onChange={event => setQuery(event.target.value)}
          disabled={isBusy}
        />
        <ExactField
          label="Sub-protocols"
          hint="Optional, with commas between"
          value={protocols}
          onChange={event => setProtocols(event.target.value)}
          disabled={isBusy}
        />
        <div className={styles.acts}>
          {isBusy ? (
            <Button onClick={() => client.close()}>Disconnect</Button>
          ) : (
            <Button type="submit" look="primary">
              <Icon.Plug />
              {state.closed ? 'Connect again' : 'Connect'}
            </Button>
          )}
          <span role="status">
            <StatusDot tone={tone}>{word}</StatusDot>
          </span>
        </div>
      </form>

      {state.closed && (
        <Notice
          tone={state.closed.wasOpen && state.closed.code <= 1001 ? 'neutral' : 'warn'}
          title={state.closed.wasOpen ? `Closed with code ${state.closed.code}` : 'The handshake was refused'}
        >
          {refused ? (
            <p>
              {refused.outcome !== 'REFUSED' && `The server answered ${refused.status}. `}
              {trouble(refused)}
            </p>
          ) : (
            <p>
              {state.closed.wasOpen
                ? closeWords(state.closed.code)
                : 'A browser is not told why. The events of this stage may say more.'}
              {state.closed.reason && (
                <>
                  {' '}
                  It said “<bdi>{state.closed.reason}</bdi>”.
                </>
              )}
            </p>
          )}
        </Notice>
      )}

      <Log lines={state.lines} />

      <div className={styles.composer}>
        {offered.length > 0 && (
          <fieldset className={styles.templates}>
            <legend className={styles.legend}>A message for the route</legend>
            {offered.map(template => (
              <Button
                key={template.routeKey}
                size="small"
                onClick={() => {
                  setText(template.text);
                  box.current?.focus();
                }}
              >
                {template.routeKey}
              </Button>
            ))}
          </fieldset>
        )}
        <label htmlFor={id} className={styles.legend}>
          Message
        </label>
        <textarea
          ref={box}
          id={id}
          className={styles.box}
          rows={3}
          value={text}
          onChange={event => setText(event.target.value)}
          onKeyDown={onKeyDown}
          aria-describedby={`${id}-hint`}
          spellCheck={false}
          dir="auto"
        />
        <div className={styles.acts}>
          <Button look={isOpen ? 'primary' : 'quiet'} onClick={send} disabled={!isOpen || text === ''}>
            <Icon.Send />
            Send
          </Button>
          <Button look="plain" onClick={() => client.clear()} disabled={state.lines.length === 0}>
            Clear
          </Button>
          <span id={`${id}-hint`} className={styles.hint}>
            {isOpen ? 'Enter sends, Shift and Enter begins a line.' : 'Connect first.'}
          </span>
        </div>
      </div>
    </div>
  );
}

/** Browsers hide why a handshake was refused; the stage's own events tell it. */
function useRefusal(state: ClientState, api: string, stage: string): GatewayEvent | undefined {
  const [refused, setRefused] = useState<GatewayEvent>();
  const { closed } = state;
  useEffect(() => {
    setRefused(undefined);
    if (!closed || closed.wasOpen) return;
    const asking = new AbortController();
    const path = `/console/api/gateway/apis/${encodeURIComponent(api)}/stages/${encodeURIComponent(stage)}/events?maxResults=20`;
    get(path, asking.signal).then(
      page => {
        if (asking.signal.aborted) return;
        const last = (page as EventPage).items.findLast(e => e.type === 'CONNECT');
        if (last?.status !== 101) setRefused(last);
      },
      () => {
        // The notice says already that it is not known.
      },
    );
    return () => asking.abort();
  }, [closed, api, stage]);
  return refused;
}

function Log({ lines }: { lines: readonly Line[] }) {
  return (
    <Follow label="What was said" upTo={lines} className={styles.log}>
      {lines.length === 0 ? (
        <p className={styles.quiet}>Nothing was said yet.</p>
      ) : (
        <ol className={styles.lines}>
          {lines.map(line => (
            <li key={line.id} className={styles[line.who]}>
              <span className={styles.meta}>
                <time dateTime={new Date(line.at).toISOString()}>{fineTimeOf(line.at)}</time>{' '}
                {line.who === 'you' ? 'You' : line.who === 'server' ? 'Server' : ''}
                {line.tookMs !== undefined && ` after ${took(line.tookMs)}`}
              </span>
              <span className={styles.text} dir="auto">
                {line.text}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Follow>
  );
}
