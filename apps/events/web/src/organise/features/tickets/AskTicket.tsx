import { Button, Dialog } from '@carillon/web-kit';
import { useState } from 'react';
import type { Ticket } from '../../../staff/session/types.ts';
import { TextField } from '../../../staff/ui/Form.tsx';
import type { Act } from '../../../staff/useAct.ts';
import styles from './Tickets.module.css';

export interface Question {
  ticket: Ticket;
  what: 'reissue' | 'revoke';
}

/** Asks before a code stops working. */
export function AskTicket({
  ask: { ticket, what },
  act,
  close,
  yes,
}: {
  ask: Question;
  act: Act;
  close: () => void;
  yes: (reason: string) => void;
}) {
  const [reason, setReason] = useState('');
  return (
    <Dialog
      title={what === 'reissue' ? `New code for ticket ${ticket.number}?` : `Revoke ticket ${ticket.number}?`}
      closeName="Close"
      onClose={close}
    >
      <p>
        {what === 'reissue'
          ? 'The old code stops working at once. Whoever is inside with it has to enter the new one.'
          : 'Whoever is inside with it has to leave, and the code never works again.'}
      </p>
      {what === 'revoke' && (
        <TextField label="Reason" hint="Shown to the fan. Optional." value={reason} change={setReason} />
      )}
      {act.error && (
        <p role="alert" className={styles.error}>
          {act.error}
        </p>
      )}
      <div className={styles.acts}>
        <Button
          look={what === 'reissue' ? 'primary' : 'danger'}
          aria-disabled={act.busy}
          onClick={() => yes(reason.trim())}
        >
          {what === 'reissue' ? 'Make a new code' : 'Revoke the ticket'}
        </Button>
        <Button onClick={close}>Keep it as it is</Button>
      </div>
    </Dialog>
  );
}
