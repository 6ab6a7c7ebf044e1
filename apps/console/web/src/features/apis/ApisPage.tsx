import { Button, CopyBlock, cx, Empty, Field, StatusDot } from '@carillon/web-kit';
import { useEffect, useState } from 'react';
import { Await } from '../../hooks/Await.tsx';
import { filter, Link, useAddress } from '../../hooks/address.tsx';
import { usePoll } from '../../hooks/poll.ts';
import { useCommands } from '../../hooks/session.tsx';
import { apiPath } from '../../session/place.ts';
import { counted } from '../../session/times.ts';
import type { ApiSummary, Page } from '../../session/types.ts';
import { Foot } from '../../ui/Foot.tsx';
import { Count, Head } from '../../ui/Head.tsx';
import { Pill } from '../../ui/Pill.tsx';
import rows from '../../ui/Rows.module.css';
import styles from './ApisPage.module.css';
import { sources } from './words.ts';

const everyMs = 3000;

export function ApisPage() {
  const { query } = useAddress();
  const search = query.get('search') ?? '';
  const after = query.get('after') ?? '';
  const [typed, setTyped] = useState(search);
  const commands = useCommands();
  const parameters = new URLSearchParams({ ...(search && { search }), ...(after && { nextToken: after }) });
  const polled = usePoll<Page<ApiSummary>>(`/gateway/apis?${parameters}`, everyMs);

  // Typing asks when it has paused, not at each letter.
  useEffect(() => {
    if (typed === search) return;
    const timer = setTimeout(() => filter({ search: typed, after: undefined }), 250);
    return () => clearTimeout(timer);
  }, [typed, search]);

  return (
    <>
      <Head title="WebSocket APIs" beside={polled.data && <Count>{counted(polled.data.count, 'API')}</Count>} />
      <div className={styles.search}>
        <Field
          label="Search by name or id"
          type="search"
          value={typed}
          onChange={event => setTyped(event.target.value)}
          autoComplete="off"
        />
      </div>
      <Await polled={polled}>
        {page =>
          page.items.length > 0 ? (
            <>
              <ul className={rows.rows} aria-label="WebSocket APIs">
                {page.items.map(api => (
                  <Row key={api.apiId} api={api} />
                ))}
              </ul>
              {(after || page.nextToken) && (
                <nav aria-label="Pages" className={styles.pages}>
                  {after && <Button onClick={() => filter({ after: undefined })}>First page</Button>}
                  {page.nextToken && <Button onClick={() => filter({ after: page.nextToken })}>Next page</Button>}
                </nav>
              )}
            </>
          ) : search ? (
            <Empty title={`No API is called “${search}”`}>
              <div>
                <Button
                  onClick={() => {
                    setTyped('');
                    filter({ search: undefined, after: undefined });
                  }}
                >
                  Show all
                </Button>
              </div>
            </Empty>
          ) : (
            <Empty title="No WebSocket API yet">
              <p>
                Make one with the AWS CLI, Terraform or the CDK, in a definitions file, or in C#. It appears here by
                itself.
              </p>
              <CopyBlock text={commands.firstApi} what="the line that makes an API" />
            </Empty>
          )
        }
      </Await>
      <Foot line={commands.apis} what="the line that lists APIs" />
    </>
  );
}

function Row({ api }: { api: ApiSummary }) {
  const connections = api.stages.reduce((sum, stage) => sum + stage.connectionCount, 0);
  return (
    <li className={cx(rows.row, styles.row)}>
      <div className={rows.main}>
        <Link href={apiPath(api.apiId)} className={rows.name}>
          <bdi>{api.name}</bdi>
        </Link>
        <span className={rows.second}>
          <span className={rows.mono}>{api.apiId}</span>
          {api.description && (
            <>
              {' · '}
              <bdi>{api.description}</bdi>
            </>
          )}
        </span>
      </div>
      <div className={styles.stages}>
        {api.stages.length === 0 ? (
          <StatusDot tone="off">No stage</StatusDot>
        ) : (
          api.stages.map(stage => (
            <StatusDot key={stage.stageName} tone={stage.isRunning ? 'good' : 'off'}>
              {stage.isRunning ? stage.stageName : `${stage.stageName}, not deployed`}
            </StatusDot>
          ))
        )}
      </div>
      <span className={cx(rows.second, rows.number)}>{counted(api.routeCount, 'route')}</span>
      <span className={cx(rows.second, rows.number)}>{counted(connections, 'connection')}</span>
      <span className={styles.source}>
        <Pill tone={api.source === 'CODE' ? 'bronze' : 'plain'}>{sources[api.source]}</Pill>
      </span>
    </li>
  );
}
