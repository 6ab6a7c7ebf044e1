import { Button, cx, Empty, StatusDot } from '@carillon/web-kit';
import { Await } from '../../hooks/Await.tsx';
import { filter, Link, useAddress } from '../../hooks/address.tsx';
import { usePoll } from '../../hooks/poll.ts';
import { useCommands } from '../../hooks/session.tsx';
import { functionPath } from '../../session/place.ts';
import { counted, since } from '../../session/times.ts';
import type { FunctionActivity, FunctionPageAnswer, FunctionSettings } from '../../session/types.ts';
import { Foot } from '../../ui/Foot.tsx';
import { Head } from '../../ui/Head.tsx';
import rows from '../../ui/Rows.module.css';
import styles from './Functions.module.css';

const everyMs = 3000;

export function FunctionsPage() {
  const { query } = useAddress();
  const after = query.get('after') ?? '';
  const commands = useCommands();
  const polled = usePoll<FunctionPageAnswer>(
    `/gateway/functions${after && `?marker=${encodeURIComponent(after)}`}`,
    everyMs,
  );
  return (
    <>
      <Head title="Functions" />
      <Await polled={polled}>
        {page =>
          page.isOff ? (
            <Empty title="Functions are off on this server">
              <p>
                They run programs here, so they are off until the setting <code>Functions</code> turns them on:{' '}
                <code>./run --functions</code>.
              </p>
            </Empty>
          ) : page.functions.length === 0 ? (
            <Empty title={after ? 'No more functions' : 'No function yet'}>
              {after ? (
                <div>
                  <Button onClick={() => filter({ after: undefined })}>First page</Button>
                </div>
              ) : (
                <p>
                  Make one with the AWS CLI, Terraform or the CDK, or name a folder in functions.json. It appears here
                  by itself.
                </p>
              )}
            </Empty>
          ) : (
            <>
              <ul className={rows.rows} aria-label="Functions">
                {page.functions.map(settings => (
                  <Row
                    key={settings.FunctionName}
                    settings={settings}
                    activity={page.activity.find(a => a.FunctionName === settings.FunctionName)}
                  />
                ))}
              </ul>
              {(after || page.nextMarker) && (
                <nav aria-label="Pages" className={styles.pages}>
                  {after && <Button onClick={() => filter({ after: undefined })}>First page</Button>}
                  {page.nextMarker && (
                    <Button onClick={() => filter({ after: page.nextMarker ?? undefined })}>Next page</Button>
                  )}
                </nav>
              )}
            </>
          )
        }
      </Await>
      <Foot line={commands.functions} what="the line that lists functions" />
    </>
  );
}

function Row({ settings, activity }: { settings: FunctionSettings; activity: FunctionActivity | undefined }) {
  const last = activity?.Errors[0];
  return (
    <li className={cx(rows.row, styles.row)}>
      <div className={rows.main}>
        <Link href={functionPath(settings.FunctionName)} className={rows.name}>
          <bdi>{settings.FunctionName}</bdi>
        </Link>
        <span className={rows.second}>
          {settings.Runtime} · <span className={rows.mono}>{settings.Handler}</span>
        </span>
      </div>
      <span className={cx(rows.second, rows.number)}>{processes(activity?.Processes ?? 0)}</span>
      {last ? (
        <div className={rows.main}>
          <StatusDot tone="bad">{`Failed ${since(last.At)}`}</StatusDot>
          <span className={rows.second}>
            <bdi>{last.ErrorType ?? last.ErrorMessage ?? ''}</bdi>
          </span>
        </div>
      ) : (
        <StatusDot tone={settings.State === 'Active' ? 'good' : 'warn'}>{settings.State}</StatusDot>
      )}
    </li>
  );
}

export const processes = (count: number) => (count === 0 ? 'No process' : counted(count, 'process', 'processes'));
