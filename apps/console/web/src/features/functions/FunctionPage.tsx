import { Button, Card, CopyButton, Empty, Field, StatusDot } from '@carillon/web-kit';
import { useState } from 'react';
import { Await } from '../../hooks/Await.tsx';
import { filter, Link, useAddress } from '../../hooks/address.tsx';
import { usePoll } from '../../hooks/poll.ts';
import { useCommands } from '../../hooks/session.tsx';
import { functionsPath } from '../../session/place.ts';
import { counted, dateOf, number, since } from '../../session/times.ts';
import type { FunctionActivity, FunctionDetail, FunctionSettings } from '../../session/types.ts';
import { Follow } from '../../ui/Follow.tsx';
import { Foot } from '../../ui/Foot.tsx';
import { Head } from '../../ui/Head.tsx';
import styles from './Functions.module.css';
import { processes } from './FunctionsPage.tsx';

const everyMs = 2000;

export function FunctionPage({ name }: { name: string }) {
  const polled = usePoll<FunctionDetail>(`/gateway/functions/${encodeURIComponent(name)}`, everyMs);
  const commands = useCommands();
  const state = polled.data?.configuration.State;
  return (
    <>
      <Head
        title={name}
        back={(className, icon) => (
          <Link href={functionsPath} className={className}>
            {icon}
            Functions
          </Link>
        )}
        beside={state && <StatusDot tone={state === 'Active' ? 'good' : 'warn'}>{state}</StatusDot>}
      />
      <Await polled={polled}>
        {({ configuration, activity }) => (
          <>
            <Facts settings={configuration} activity={activity} />
            <Errors activity={activity} />
            <FunctionLog lines={activity.Lines ?? []} />
          </>
        )}
      </Await>
      <Foot line={commands.invoke(name)} what="the line that invokes it" />
    </>
  );
}

function Facts({ settings, activity }: { settings: FunctionSettings; activity: FunctionActivity }) {
  return (
    <Card title="How it runs">
      <dl className={styles.facts}>
        <Fact name="Runtime">{settings.Runtime}</Fact>
        <Fact name="Handler">
          <code>{settings.Handler}</code>
        </Fact>
        <Fact name="Time it may take">{`${number(settings.Timeout)} s`}</Fact>
        <Fact name="At the moment">{processes(activity.Processes)}</Fact>
        <Fact name="Changed">{dateOf(settings.LastModified)}</Fact>
        <Fact name="Code">
          {settings.CodeSize > 0 ? `${number(Math.ceil(settings.CodeSize / 1024))} KB` : 'In its folder'}
        </Fact>
        <Fact name="ARN" isWide>
          <span className={styles.arn}>
            <code>{settings.FunctionArn}</code>
            <CopyButton text={settings.FunctionArn} what="the ARN" />
          </span>
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children, isWide }: { name: string; children: React.ReactNode; isWide?: boolean }) {
  return (
    <div className={isWide ? styles.wide : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Errors({ activity }: { activity: FunctionActivity }) {
  return (
    <section className={styles.section} aria-labelledby="errors">
      <h2 id="errors" className={styles.title}>
        {activity.ErrorCount > 0
          ? `${counted(activity.ErrorCount, 'failure')} since the start`
          : 'No failure since the start'}
      </h2>
      {activity.Errors.length > 0 && (
        <ul className={styles.errors} aria-label="The last failures">
          {activity.Errors.map(error => (
            <li key={`${error.RequestId} ${error.At}`} className={styles.error}>
              <p className={styles.errorHead}>
                <strong>
                  <bdi>{error.ErrorType ?? 'Error'}</bdi>
                </strong>
                <time dateTime={error.At}>{since(error.At)}</time>
              </p>
              {error.ErrorMessage && (
                <p className={styles.message} dir="auto">
                  {error.ErrorMessage}
                </p>
              )}
              <p className={styles.request}>
                <button type="button" className={styles.requestButton} onClick={() => filter({ log: error.RequestId })}>
                  request {error.RequestId}
                </button>
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function FunctionLog({ lines }: { lines: readonly string[] }) {
  const { query } = useAddress();
  const wanted = query.get('log') ?? '';
  const [held, hold] = useState<readonly string[]>();
  const shown = (held ?? lines).filter(line => !wanted || line.toLowerCase().includes(wanted.toLowerCase()));
  const text = shown.join('\n');

  return (
    <section className={styles.section} aria-labelledby="log">
      <div className={styles.logHead}>
        <h2 id="log" className={styles.title}>
          Log
        </h2>
        <Button size="small" onClick={() => hold(held ? undefined : lines)}>
          {held ? 'Resume' : 'Pause'}
        </Button>
      </div>
      <div className={styles.search}>
        <Field
          label="Only lines with"
          type="search"
          value={wanted}
          onChange={event => filter({ log: event.target.value })}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      {shown.length === 0 ? (
        <Empty title={wanted ? 'No line has it' : 'It has printed nothing yet'}>
          <p>The last 500 lines are shown; the data folder keeps more of them.</p>
        </Empty>
      ) : (
        <Follow label="The last lines" upTo={text} className={styles.log} dir="ltr">
          <pre>{text}</pre>
        </Follow>
      )}
    </section>
  );
}
