import { Button, Icon } from '@carillon/web-kit';
import type { Ticket } from '../../../staff/session/types.ts';
import { clock } from '../../../staff/times.ts';
import table from '../../../staff/ui/Table.module.css';
import styles from './Tickets.module.css';

/** Where the menu of a ticket opens, and the button that it goes back to. */
export interface TicketMenu {
  ticket: Ticket;
  at: { x: number; y: number };
  button: HTMLElement;
}

const stateNames: Record<Ticket['state'], string> = {
  valid: 'Valid',
  entered: 'Entered',
  revoked: 'Revoked',
  banned: 'Banned',
};

/** One page of tickets. */
export function TicketTable({
  tickets,
  open,
  menu,
}: {
  tickets: readonly Ticket[];
  /** Something may still be done with them. */
  open: boolean;
  menu: (menu: TicketMenu) => void;
}) {
  return (
    <div className={table.frame}>
      <table className={`${table.table} ${table.stack}`}>
        <caption className="visually-hidden">Tickets</caption>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">Tier</th>
            <th scope="col">Holder</th>
            <th scope="col">State</th>
            <th scope="col">Nickname</th>
            <th scope="col">
              <span className="visually-hidden">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tickets.map(ticket => (
            <tr key={ticket.number}>
              <th scope="row">{ticket.number}</th>
              <td data-label="Tier">
                <bdi>{ticket.tier}</bdi>
              </td>
              <td data-label="Holder">
                <bdi>{ticket.holder ?? <span className={table.muted}>Not named</span>}</bdi>
              </td>
              <td data-label="State">
                <span>
                  <span className={styles[ticket.state]}>{stateNames[ticket.state]}</span>
                  {ticket.enteredAt && <span className={table.muted}> {clock(ticket.enteredAt)}</span>}
                  {ticket.state === 'valid' && !ticket.provisioned && (
                    <span className={table.muted}> · being made ready</span>
                  )}
                </span>
              </td>
              <td data-label="Nickname">
                <bdi>{ticket.nickname ?? '–'}</bdi>
              </td>
              <td className={table.act}>
                {open && ticket.state !== 'revoked' && (
                  <Button
                    size="small"
                    look="plain"
                    aria-haspopup="menu"
                    aria-label={`What to do with ticket ${ticket.number}`}
                    onClick={event => {
                      const button = event.currentTarget;
                      const box = button.getBoundingClientRect();
                      menu({ ticket, at: { x: box.left, y: box.bottom + 4 }, button });
                    }}
                  >
                    <Icon.More />
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
