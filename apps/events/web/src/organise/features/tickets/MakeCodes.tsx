import { Button, Card } from '@carillon/web-kit';
import { useState } from 'react';
import { Choice, Form, TextField } from '../../../staff/ui/Form.tsx';
import type { Act } from '../../../staff/useAct.ts';
import { newBatch, type Order } from '../../session/keptCodes.ts';
import styles from './Tickets.module.css';

/** Codes for whoever prints, mails or hands them out. */
export function MakeCodes({
  tiers,
  act,
  take,
}: {
  tiers: readonly string[];
  act: Act;
  take: (order: Order) => Promise<void>;
}) {
  const [count, setCount] = useState('100');
  const [tier, setTier] = useState(tiers[0] ?? '');
  const [left, setLeft] = useState(false);
  const n = /^\d+$/.test(count.trim()) ? Number(count) : Number.NaN;
  const fault = n >= 1 && n <= 10_000 ? undefined : 'Enter 1 to 10,000. More are made in several rounds.';
  return (
    <Card title="Make codes" note="To print, mail or hand out. Each is shown once.">
      <Form
        className={styles.form}
        error={act.error}
        submit={async () => {
          setLeft(true);
          if (!fault) await take({ kind: 'make', batch: newBatch(), count: n, tier });
        }}
      >
        <TextField
          label="How many"
          inputMode="numeric"
          value={count}
          change={setCount}
          blur={() => setLeft(true)}
          error={left ? fault : undefined}
        />
        {tiers.length > 1 && (
          <Choice label="Tier" value={tier} change={setTier} options={tiers.map(t => ({ value: t, name: t }))} />
        )}
        <div>
          <Button type="submit" look="primary" aria-disabled={act.busy}>
            {act.busy ? 'Making codes' : 'Make codes'}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
