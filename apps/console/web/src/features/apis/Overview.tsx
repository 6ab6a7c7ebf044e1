import { Card, CopyBlock, cx, Notice, StatusDot } from '@carillon/web-kit';
import { Link } from '../../hooks/address.tsx';
import { useCommands, useSignedIn } from '../../hooks/session.tsx';
import { functionPath } from '../../session/place.ts';
import { counted, dateOf, number } from '../../session/times.ts';
import type { ApiDetail, Route, Stage, Throttling } from '../../session/types.ts';
import { Pill } from '../../ui/Pill.tsx';
import rows from '../../ui/Rows.module.css';
import styles from './Overview.module.css';
import { admission, behind, strayed } from './words.ts';

/** Where to connect, what is behind each route, and how each stage stands. */
export function Overview({ detail, stage }: { detail: ApiDetail; stage: Stage | undefined }) {
  const commands = useCommands();
  const { installation } = useSignedIn();
  const { apiId } = detail.api;
  const strays = strayed(detail.strayHandshakes);
  const secure = installation.tls?.replace(/^http/, 'ws').replace(/\/$/, '');
  return (
    <div className={styles.cards}>
      {stage && (
        <Card title="Connect" note={secure && `With TLS: ${secure}/ws/${apiId}/${stage.stageName}`}>
          <CopyBlock text={commands.wscat(apiId, stage.stageName)} what="the line that connects" />
        </Card>
      )}
      {strays.length > 0 && (
        <Notice tone="warn" title="Clients ask for stages that do not run">
          <ul>
            {strays.map(({ stageName, what }) => (
              <li key={stageName}>
                <code>
                  <bdi>{stageName}</bdi>
                </code>
                {`: ${what}`}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <section className={styles.section} aria-labelledby="routes">
        <h2 id="routes" className={styles.title}>
          {detail.routes.length > 0 ? counted(detail.routes.length, 'route') : 'No routes yet'}
        </h2>
        {detail.routes.length > 0 && (
          <ul className={rows.rows} aria-labelledby="routes">
            {[...detail.routes].sort(byKey).map(route => (
              <RouteRow key={route.routeId} route={route} detail={detail} />
            ))}
          </ul>
        )}
      </section>
      <section className={styles.section} aria-labelledby="stages">
        <h2 id="stages" className={styles.title}>
          {detail.stages.length > 0 ? counted(detail.stages.length, 'stage') : 'No stages yet'}
        </h2>
        {detail.stages.length > 0 && (
          <ul className={rows.rows} aria-labelledby="stages">
            {detail.stages.map(s => (
              <StageRow key={s.stageName} stage={s} isGiven={detail.source !== 'CONTROL_PLANE'} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

const lifecycle = ['$connect', '$disconnect', '$default'];

// The routes that every connection passes come first.
function byKey(a: Route, b: Route): number {
  const place = (route: Route) =>
    lifecycle.includes(route.routeKey) ? lifecycle.indexOf(route.routeKey) : lifecycle.length;
  return place(a) - place(b) || a.routeKey.localeCompare(b.routeKey);
}

function RouteRow({ route, detail }: { route: Route; detail: ApiDetail }) {
  const { what, where } = behind(route, detail.integrations);
  const who = admission(route, detail.authorizers);
  const isTwoWay =
    route.routeResponseSelectionExpression === '$default' &&
    detail.routeResponses.some(r => r.routeId === route.routeId && r.routeResponseKey === '$default');
  const isMessage = route.routeKey !== '$connect' && route.routeKey !== '$disconnect';
  return (
    <li className={cx(rows.row, styles.route)}>
      <span className={cx(rows.name, rows.mono)}>
        <bdi>{route.routeKey}</bdi>
      </span>
      <div className={rows.main}>
        <span>{what}</span>
        <span className={rows.second}>
          {what === 'Function' ? <Link href={functionPath(where)}>{where}</Link> : <bdi>{where}</bdi>}
        </span>
      </div>
      <span className={rows.second}>
        {who ??
          (isMessage
            ? isTwoWay
              ? 'The client hears the answer'
              : 'One way: the client hears nothing'
            : 'When it is over')}
      </span>
      {route.modelSelectionExpression || route.requestModels ? <Pill>Checked</Pill> : <span />}
    </li>
  );
}

function StageRow({ stage, isGiven }: { stage: Stage; isGiven: boolean }) {
  const variables = Object.keys(stage.stageVariables ?? {});
  const limits = throttling(stage.defaultRouteSettings);
  const own = Object.entries(stage.routeSettings ?? {}).flatMap(([key, settings]) => {
    const words = throttling(settings);
    return words ? [`${key}: ${words}`] : [];
  });
  const [tone, word] = !stage.isRunning
    ? (['off', 'Not deployed'] as const)
    : stage.fault
      ? (['bad', 'Cannot run what is deployed'] as const)
      : stage.isCurrent
        ? (['good', 'Running'] as const)
        : (['warn', 'Runs something older'] as const);
  const facts = [
    isGiven ? 'Runs as it is defined' : stage.autoDeploy ? 'Deploys by itself' : 'Deployed by hand',
    stage.deploymentId &&
      `Deployment ${stage.deploymentId}${stage.deployedDate ? ` of ${dateOf(stage.deployedDate)}` : ''}`,
    variables.length > 0 && `Variables: ${variables.join(', ')}`,
    limits && `Each route: ${limits}`,
    ...own,
  ].filter(Boolean);
  return (
    <li className={cx(rows.row, styles.stage)}>
      <div className={rows.main}>
        <span className={rows.name}>
          <bdi>{stage.stageName}</bdi>
        </span>
        <span className={rows.second}>{facts.join(' · ')}</span>
      </div>
      <StatusDot tone={tone}>{word}</StatusDot>
      <span className={cx(rows.second, rows.number)}>{counted(stage.connectionCount, 'connection')}</span>
    </li>
  );
}

function throttling(settings: Throttling | undefined): string | null {
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = settings ?? {};
  const parts = [
    rate !== undefined && `${number(rate)} a second`,
    burst !== undefined && `${number(burst)} at once`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : null;
}
