import { Button, Icon, Menu, useAnnounce } from '@carillon/web-kit';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Organiser } from '../../../staff/session/api.ts';
import type { Letters, OrganisedShow } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { clock, number } from '../../../staff/times.ts';
import { TextField } from '../../../staff/ui/Form.tsx';
import { Empty, Failed, Loading } from '../../../staff/ui/State.tsx';
import table from '../../../staff/ui/Table.module.css';
import { useAct } from '../../../staff/useAct.ts';
import { useLoad } from '../../../staff/useLoad.ts';
import { whyFile } from '../../session/codes.ts';
import { type KeptCodes as Kept, type Order, subscribeKept } from '../../session/keptCodes.ts';
import { AskTicket, type Question } from './AskTicket.tsx';
import { ImportFile } from './ImportFile.tsx';
import { KeptCodes, loadDrawing } from './KeptCodes.tsx';
import { MakeCodes } from './MakeCodes.tsx';
import { ShopKeys } from './ShopKeys.tsx';
import styles from './Tickets.module.css';
import { type TicketMenu, TicketTable } from './TicketTable.tsx';

/** Tickets of one page. */
const pageSize = 100;
const everyMs = 3000;

const states = [
  { value: '', name: 'All' },
  { value: 'valid', name: 'Valid' },
  { value: 'entered', name: 'Entered' },
  { value: 'revoked', name: 'Revoked' },
  { value: 'banned', name: 'Banned' },
] as const;
type Filter = (typeof states)[number]['value'];

/** Tickets: made here, brought in by a file, or sold by a shop; each found, replaced and ended. */
export function TicketsPage({ api, show, kept }: { api: Organiser; show: OrganisedShow; kept: Kept }) {
  const announce = useAnnounce();
  const [text, setText] = useState('');
  const [state, setState] = useState<Filter>('');
  // Where each page that was turned to began: the last is the one that is looked at.
  const [at, setAt] = useState<{ q: string; state: Filter; after: readonly string[] }>({ q: '', state: '', after: [] });
  useEffect(() => {
    const q = text.trim();
    const timer = setTimeout(
      () => setAt(now => (now.q === q && now.state === state ? now : { q, state, after: [] })),
      state === at.state ? 250 : 0,
    );
    return () => clearTimeout(timer);
  }, [text, state, at.state]);
  const after = at.after.at(-1);
  const load = useCallback(() => api.tickets(at.q, at.state, after, pageSize), [api, at.q, at.state, after]);
  const [page, again] = useLoad(load);
  const view = useSyncExternalStore(subscribeKept, kept.snapshot);
  const [menu, setMenu] = useState<TicketMenu>();
  const [ask, setAsk] = useState<Question>();
  const title = useRef<HTMLHeadingElement>(null);

  const tickets = page.value?.tickets ?? [];
  const next = page.value?.next;
  const counts = page.value?.counts;
  const open = show.state === 'draft' || show.state === 'published';

  function turn(to: readonly string[]) {
    setAt({ ...at, after: to });
    title.current?.focus();
    announce(`Page ${to.length + 1}`, true);
  }

  // What is being made ready is said as it becomes so, without anybody loading the page anew.
  const pending = show.state === 'published' && tickets.some(t => !t.provisioned && t.state === 'valid');
  useEffect(() => {
    if (!pending) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && void again(), everyMs);
    return () => clearInterval(timer);
  }, [pending, again]);

  const words = (doing: string) => (refusal: Parameters<typeof wordsFor>[0]) =>
    refusal.code === 'Unknown'
      ? `What shows the codes could not be loaded, so ${doing}. Check your connection and try again.`
      : (whyFile(refusal.body.why) ?? wordsFor(refusal));
  const making = useAct(words('none were made'));
  const importing = useAct(words('nothing was imported'));
  const asking = useAct(words('the old code holds'));

  const take = (order: Order) =>
    (order.kind === 'make' ? making : importing).run(async () => {
      await loadDrawing();
      await kept.take(api, order);
      await again();
    });

  const answer = (question: Question, reason: string) =>
    asking.run(async () => {
      const { ticket, what } = question;
      if (what === 'reissue') {
        await loadDrawing();
        const { code } = await api.reissue(ticket.number);
        kept.add([{ number: ticket.number, code, tier: ticket.tier }]);
      } else {
        await api.revoke(ticket.number, reason);
        announce(`Ticket ${ticket.number} is revoked`, true);
      }
      setAsk(now => (now === question ? undefined : now));
      await again();
    });

  // One at a time: what has had no answer is settled before anything else is made.
  const settled = view.unanswered === undefined;
  return (
    <>
      <KeptCodes
        show={show}
        kept={kept}
        view={view}
        act={view.unanswered?.kind === 'import' ? importing : making}
        take={take}
      />
      {open && (
        <div className={styles.ways}>
          {settled || making.busy ? <MakeCodes tiers={show.tickets.tiers} act={making} take={take} /> : null}
          {settled || importing.busy ? <ImportFile act={importing} take={take} /> : null}
          <ShopKeys api={api} />
        </div>
      )}
      <section aria-labelledby="tickets-title" className={styles.section}>
        <h2 id="tickets-title" ref={title} tabIndex={-1} className={styles.title}>
          All tickets
        </h2>
        <div className={styles.filters}>
          <div className={styles.search}>
            <TextField
              label="Search by number, holder, nickname or reference"
              type="search"
              value={text}
              change={setText}
            />
          </div>
          <fieldset className={styles.states}>
            <legend className="visually-hidden">State</legend>
            {states.map(s => (
              <label key={s.value} className={styles.state}>
                <input
                  type="radio"
                  name="ticket-state"
                  checked={state === s.value}
                  onChange={() => setState(s.value)}
                />
                <span>
                  {s.name}
                  {counts && s.value && <span className={styles.count}> {number(counts[s.value])}</span>}
                </span>
              </label>
            ))}
          </fieldset>
        </div>
        {page.value?.letters && <LettersLine letters={page.value.letters} />}
        {page.is === 'failed' && <Failed words={wordsFor(page.refusal)} retry={() => void again()} />}
        {page.is === 'loading' && !page.value && <Loading what="tickets" />}
        {page.is === 'ready' &&
          tickets.length === 0 &&
          (at.q || at.state || after ? (
            <Empty title={after ? 'No more tickets' : 'No ticket like this'}>
              <p>{after ? 'Go back to the page before.' : 'Look in another state, or search for less.'}</p>
            </Empty>
          ) : (
            <Empty icon={<Icon.Ticket />} title="No tickets yet">
              <p>Make codes to hand out yourself, import the list of your shop, or let the shop add them one by one.</p>
            </Empty>
          ))}
        {tickets.length > 0 && <TicketTable tickets={tickets} open={open} menu={setMenu} />}
        {(next || after) && (
          <nav aria-label="Pages of tickets" className={styles.pages}>
            <Button aria-disabled={!after} onClick={() => after && turn([])}>
              First
            </Button>
            <Button aria-disabled={!after} onClick={() => after && turn(at.after.slice(0, -1))}>
              Back
            </Button>
            <span className={table.muted}>
              Page {number(at.after.length + 1)}
              {tickets.length > 0 && `, numbers ${tickets[0]?.number} to ${tickets.at(-1)?.number}`}
            </span>
            <Button aria-disabled={!next} onClick={() => next && turn([...at.after, next])}>
              Next
            </Button>
          </nav>
        )}
      </section>
      {menu && (
        <Menu
          label={`Ticket ${menu.ticket.number}`}
          at={menu.at}
          items={[
            {
              id: 'reissue',
              name: 'New code',
              icon: <Icon.Ticket />,
              act: () => setAsk({ ticket: menu.ticket, what: 'reissue' }),
            },
            {
              id: 'revoke',
              name: 'Revoke',
              icon: <Icon.Close />,
              danger: true,
              act: () => setAsk({ ticket: menu.ticket, what: 'revoke' }),
            },
          ]}
          onClose={() => {
            menu.button.focus();
            setMenu(undefined);
          }}
        />
      )}
      {ask && (
        <AskTicket
          key={`${ask.what}${ask.ticket.number}`}
          ask={ask}
          act={asking}
          close={() => {
            setAsk(undefined);
            asking.setError(undefined);
          }}
          yes={reason => void answer(ask, reason)}
        />
      )}
    </>
  );
}

/** People who lost their code help themselves by a letter; what cannot be delivered somebody else has to help with. */
function LettersLine({ letters: { sent, waiting, failed, failedAt, why } }: { letters: Letters }) {
  if (sent + waiting + failed === 0) return null;
  const letters = (n: number) => `${number(n)} ${n === 1 ? 'letter' : 'letters'}`;
  return (
    <div className={styles.letters}>
      <p className={table.muted}>
        Lost codes: {letters(sent)} sent{waiting > 0 && `, ${number(waiting)} waiting for the mail server`}
      </p>
      {failed > 0 && (
        <p className={styles.undelivered}>
          {letters(failed)} could not be delivered. {failedAt && `The last at ${clock(failedAt)}: `}
          {why && <bdi>{why}</bdi>}
        </p>
      )}
    </div>
  );
}
