import { Button, Card, CopyButton } from '@carillon/web-kit';
import { codeOf } from '@carillon/web-kit/session';
import { useState } from 'react';
import { wordsFor } from '../../session/errors.ts';
import type { OperatorFacts } from '../status/status.ts';
import styles from './Operator.module.css';
import { signOut } from './signIn.ts';

const counts = new Intl.NumberFormat();

/** What only the operator sees. */
export function Operator({ operator, signedOut }: { operator: OperatorFacts; signedOut: () => void }) {
  const [error, setError] = useState<string>();
  return (
    <Card title="For the operator" note="Shown because you came by the link printed at start.">
      <dl className={styles.facts}>
        {operator.dataFolder && <Path name="Data folder" path={operator.dataFolder} />}
        {operator.credentialsFile && <Path name="Credentials file" path={operator.credentialsFile} />}
        <div>
          <dt>Open sessions</dt>
          <dd className={styles.count}>{counts.format(operator.sessions)}</dd>
        </div>
      </dl>
      <div className={styles.foot}>
        <Button onClick={() => signOut().then(signedOut, (e: unknown) => setError(codeOf(e)))}>Sign out</Button>
        {error && <p className={styles.error}>{wordsFor(error)}</p>}
      </div>
    </Card>
  );
}

function Path({ name, path }: { name: string; path: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={styles.path}>
        <code>{path}</code>
        <CopyButton text={path} what={name.toLowerCase()} />
      </dd>
    </div>
  );
}
