import { Button, Card } from '@carillon/web-kit';
import { useRef, useState } from 'react';
import table from '../../../staff/ui/Table.module.css';
import type { Act } from '../../../staff/useAct.ts';
import { newBatch, type Order } from '../../session/keptCodes.ts';
import styles from './Tickets.module.css';

/** Tickets that were sold elsewhere, by a list of them. */
export function ImportFile({ act, take }: { act: Act; take: (order: Order) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState('');

  async function chosen(file: File) {
    if (file.size > 8 * 1024 * 1024) {
      act.setError('The file is larger than 8 MB. Split it; tickets that are known already are not made twice.');
      return;
    }
    setName(file.name);
    await take({ kind: 'import', batch: newBatch(), file });
    if (input.current) input.current.value = '';
  }

  return (
    <Card
      title="Import a file"
      note="CSV with a first line: holder, email, tier, reference and, if you have them, code."
    >
      <div className={styles.form}>
        <p className={table.muted}>A reference that is known already is not made twice, so a file can be sent again.</p>
        <input
          ref={input}
          id="csv"
          type="file"
          accept=".csv,text/csv"
          hidden
          onChange={event => {
            const file = event.target.files?.[0];
            if (file) void chosen(file);
          }}
        />
        <div>
          <Button aria-disabled={act.busy} onClick={() => !act.busy && input.current?.click()}>
            {act.busy ? `Importing ${name}` : 'Choose a file'}
          </Button>
        </div>
        {act.error && (
          <p role="alert" className={styles.error}>
            {act.error}
          </p>
        )}
      </div>
    </Card>
  );
}
