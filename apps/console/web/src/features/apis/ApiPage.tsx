import { Button, CopyButton, Empty, Notice, Select, Tabs } from '@carillon/web-kit';
import { Await } from '../../hooks/Await.tsx';
import { filter, Link, useAddress } from '../../hooks/address.tsx';
import { type PollView, usePoll } from '../../hooks/poll.ts';
import { useCommands } from '../../hooks/session.tsx';
import { apisPath } from '../../session/place.ts';
import { number } from '../../session/times.ts';
import type { ApiDetail, Stage } from '../../session/types.ts';
import { Foot } from '../../ui/Foot.tsx';
import { Head } from '../../ui/Head.tsx';
import { Pill } from '../../ui/Pill.tsx';
import { Client } from '../client/Client.tsx';
import { Connections } from '../connections/Connections.tsx';
import { Events } from '../events/Events.tsx';
import styles from './ApiPage.module.css';
import { Overview } from './Overview.tsx';
import { sources } from './words.ts';

const everyMs = 3000;

export function ApiPage({ api }: { api: string }) {
  const polled = usePoll<ApiDetail>(`/gateway/apis/${encodeURIComponent(api)}`, everyMs);
  const back = (className: string | undefined, icon: React.ReactNode) => (
    <Link href={apisPath} className={className}>
      {icon}
      WebSocket APIs
    </Link>
  );
  if (polled.data) return <Known detail={polled.data} polled={polled} back={back} />;
  return (
    <>
      <Head title={api} back={back} />
      <Await polled={polled}>{() => null}</Await>
    </>
  );
}

function Known({
  detail,
  polled,
  back,
}: {
  detail: ApiDetail;
  polled: PollView<ApiDetail>;
  back: (className: string | undefined, icon: React.ReactNode) => React.ReactNode;
}) {
  const { query } = useAddress();
  const commands = useCommands();
  const { api, stages } = detail;
  const named = query.get('stage');
  const stage = stages.find(s => s.stageName === named) ?? stages.find(s => s.isRunning) ?? stages[0];
  const tab = query.get('tab') ?? 'overview';
  const name = stage?.stageName ?? '';
  const lines: Record<string, string> = {
    connections: commands.connections(api.apiId, name),
    events: commands.events(api.apiId, name),
    client: `${commands.wscat(api.apiId, name)}\n${commands.post(api.apiId, name)}`,
  };
  // The control plane knows only what was made through it.
  const overview = detail.source === 'CONTROL_PLANE' ? commands.routes(api.apiId) : commands.api(api.apiId);
  const of = (id: string, panel: (stage: Stage) => React.ReactNode) =>
    tab !== id ? null : stage ? (
      panel(stage)
    ) : (
      <Empty title="No stage yet">
        <p>Clients connect to a stage. Make one, and deploy the API to it.</p>
      </Empty>
    );

  return (
    <>
      <div className={styles.top}>
        <Head
          title={api.name ?? api.apiId}
          back={back}
          beside={<Pill tone={detail.source === 'CODE' ? 'bronze' : 'plain'}>{sources[detail.source]}</Pill>}
        >
          <span className={styles.id}>
            <code>{api.apiId}</code>
            <CopyButton text={api.apiId} what="the API’s id" />
          </span>
          <span>
            Routes by <code dir="ltr">{api.routeSelectionExpression}</code>
          </span>
          {api.description && <bdi>{api.description}</bdi>}
        </Head>
        {stages.length > 1 && (
          <div className={styles.stage}>
            <Select
              label="Stage"
              value={name}
              onChange={event => filter({ stage: event.target.value, after: undefined })}
              options={stages.map(s => ({
                value: s.stageName,
                name: s.isRunning ? s.stageName : `${s.stageName} (not deployed)`,
              }))}
            />
          </div>
        )}
      </div>
      <Await polled={polled}>{() => null}</Await>
      {stage?.fault && (
        <Notice tone="bad" title={`What is deployed to ${stage.stageName} cannot run`}>
          <p>{stage.fault} What ran before goes on.</p>
        </Notice>
      )}
      {stage?.isRunning && !stage.isCurrent && !stage.fault && (
        <Notice tone="warn" title={`${stage.stageName} runs something older`}>
          <p>The API has changed since it was deployed. Clients see the change after the next deployment.</p>
        </Notice>
      )}
      <Tabs
        label="About this API"
        chosen={tab}
        onChoose={id => filter({ tab: id === 'overview' ? undefined : id, after: undefined })}
        tabs={[
          {
            id: 'overview',
            title: 'Overview',
            panel: tab === 'overview' && <Overview detail={detail} stage={stage} />,
          },
          {
            id: 'connections',
            title: stage ? `Connections ${number(stage.connectionCount)}` : 'Connections',
            panel: of('connections', s => <Connections key={s.stageName} api={api.apiId} stage={s.stageName} />),
          },
          {
            id: 'events',
            title: 'Events',
            panel: of('events', s => (
              <Events
                key={s.stageName}
                api={api.apiId}
                stage={s.stageName}
                routes={detail.routes.map(r => r.routeKey)}
              />
            )),
          },
          {
            id: 'client',
            title: 'Test client',
            panel: of('client', s =>
              s.isRunning ? (
                <Client
                  key={s.stageName}
                  api={api.apiId}
                  stage={s.stageName}
                  expression={api.routeSelectionExpression}
                  routes={detail.routes.map(r => r.routeKey)}
                />
              ) : (
                <Empty title={`Nothing is deployed to ${s.stageName}`}>
                  <p>Deploy the API to this stage, and connect then.</p>
                  <div>
                    <Button onClick={polled.refresh}>Look again</Button>
                  </div>
                </Empty>
              ),
            ),
          },
        ]}
      />
      <Foot line={lines[tab] ?? overview} what="lines for this screen" />
    </>
  );
}
