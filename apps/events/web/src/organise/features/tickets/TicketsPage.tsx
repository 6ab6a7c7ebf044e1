import { Button, Card, CopyBlock, Dialog, Icon, Menu, useAnnounce } from '@carillon/web-kit';
import { type FormEvent, lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import type { Organiser } from '../../../staff/session/api.ts';
import type { Imported, IssuedCode, Letters, OrganisedShow, Ticket } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { clock, number } from '../../../staff/times.ts';
import { Choice, TextField } from '../../../staff/ui/Form.tsx';
import { Empty, Failed, Loading } from '../../../staff/ui/State.tsx';
import table from '../../../staff/ui/Table.module.css';
import { useLoad } from '../../../staff/useLoad.ts';
import { whyFile } from '../../session/codes.ts';
import styles from './Tickets.module.css';

const CodesMade = lazy(() => import('./CodesMade.tsx'));

const states = [
  { value: '', name: 'All' },
  { value: 'valid', name: 'Valid' },
  { value: 'entered', name: 'Entered' },
  { value: 'revoked', name: 'Revoked' },
  { value: 'banned', name: 'Banned' },
] as const;
type Filter = (typeof states)[number]['value'];

const stateNames: Record<Ticket['state'], string> = {
  valid: 'Valid',
  entered: 'Entered',
  revoked: 'Revoked',
  banned: 'Banned',
};

/** Tickets: made here, brought in by a file, or sold by a shop; each found, replaced and ended. */
export function TicketsPage({ api, show }: { api: Organiser; show: OrganisedShow }) {
  const announce = useAnnounce();
  const [text, setText] = useState('');
  const [q, setQ] = useState('');
  const [state, setState] = useState<Filter>('');
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text]);
  const load = useCallback(() => api.tickets(q, state), [api, q, state]);
  const [page, again] = useLoad(load);
  const [more, setMore] = useState<{ of: string; tickets: Ticket[]; next: string | null }>();
  const [codes, setCodes] = useState<{ codes: IssuedCode[]; imported?: Imported }>();
  const [menu, setMenu] = useState<{ ticket: Ticket; at: { x: number; y: number }; button: HTMLElement }>();
  const [ask, setAsk] = useState<{ ticket: Ticket; what: 'reissue' | 'revoke' }>();

  const key = `${q}/${state}`;
  const further = more?.of === key ? more : undefined;
  const tickets = page.value ? [...page.value.tickets, ...(further?.tickets ?? [])] : [];
  const next = further ? further.next : page.value?.next;
  const counts = page.value?.counts;
  const open = show.state === 'draft' || show.state === 'published';

  async function loadMore() {
    if (!next) return;
    try {
      const found = await api.tickets(q, state, next);
      setMore({ of: key, tickets: [...(further?.tickets ?? []), ...found.tickets], next: found.next });
      announce(`${found.tickets.length} more tickets`, true);
    } catch (error) {
      announce(wordsFor(refusalOf(error)), true);
    }
  }

  // What is being made ready is said as it becomes so, without anybody loading the page anew.
  const pending = show.state === 'published' && tickets.some(t => !t.provisioned && t.state === 'valid');
  useEffect(() => {
    if (!pending) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && void again(), 3000);
    return () => clearInterval(timer);
  }, [pending, again]);

  const made = (found: IssuedCode[], imported?: Imported) => {
    setCodes({ codes: found, ...(imported && { imported }) });
    setMore(undefined);
    void again();
  };
  return (
    <>
      {codes && (
        <Suspense fallback={<Loading what="the codes" />}>
          <CodesMade show={show} {...codes} close={() => setCodes(undefined)} />
        </Suspense>
      )}
      {open && (
        <div className={styles.ways}>
          <Make api={api} tiers={show.tickets.tiers} made={made} />
          <Import api={api} made={made} />
          <Shop api={api} />
        </div>
      )}
      <section aria-labelledby="tickets-title" className={styles.section}>
        <h2 id="tickets-title" className={styles.title}>
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
          (q || state ? (
            <Empty title="No ticket like this">
              <p>Look in another state, or search for less.</p>
            </Empty>
          ) : (
            <Empty icon={<Icon.Ticket />} title="No tickets yet">
              <p>Make codes to hand out yourself, import the list of your shop, or let the shop add them one by one.</p>
            </Empty>
          ))}
        {tickets.length > 0 && (
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
                    <th scope="row">{number(ticket.number)}</th>
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
                            setMenu({ ticket, at: { x: box.left, y: box.bottom + 4 }, button });
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
        )}
        {next && (
          <div>
            <Button onClick={() => void loadMore()}>More tickets</Button>
          </div>
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
        <Ask
          key={`${ask.what}${ask.ticket.number}`}
          api={api}
          ask={ask}
          close={() => setAsk(undefined)}
          done={code => {
            if (code) made([{ number: ask.ticket.number, code, tier: ask.ticket.tier }]);
            else {
              announce(`Ticket ${ask.ticket.number} is revoked`, true);
              void again();
            }
            setAsk(undefined);
          }}
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

function Make({ api, tiers, made }: { api: Organiser; tiers: string[]; made: (codes: IssuedCode[]) => void }) {
  const [count, setCount] = useState('100');
  const [tier, setTier] = useState(tiers[0] ?? '');
  const [error, setError] = useState<string>();
  const [left, setLeft] = useState(false);
  const [busy, setBusy] = useState(false);
  const n = /^\d+$/.test(count.trim()) ? Number(count) : Number.NaN;
  const fault = n >= 1 && n <= 10_000 ? undefined : 'Enter 1 to 10,000. More are made in several rounds.';

  async function submit(event: FormEvent) {
    event.preventDefault();
    setLeft(true);
    if (fault || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      made((await api.makeTickets(n, tier)).codes);
    } catch (failed) {
      setError(wordsFor(refusalOf(failed)));
    }
    setBusy(false);
  }

  return (
    <Card title="Make codes" note="To print, mail or hand out. Each is shown once.">
      <form className={styles.form} onSubmit={event => void submit(event)} noValidate>
        <TextField
          label="How many"
          inputMode="numeric"
          value={count}
          change={setCount}
          blur={() => setLeft(true)}
          error={(left ? fault : undefined) ?? error}
        />
        {tiers.length > 1 && (
          <Choice label="Tier" value={tier} change={setTier} options={tiers.map(t => ({ value: t, name: t }))} />
        )}
        <div>
          <Button type="submit" look="primary" aria-disabled={busy}>
            {busy ? 'Making codes' : 'Make codes'}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Import({ api, made }: { api: Organiser; made: (codes: IssuedCode[], imported: Imported) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();

  async function take(file: File) {
    setError(undefined);
    if (file.size > 8 * 1024 * 1024) {
      setError('The file is larger than 8 MB. Split it; tickets that are known already are not made twice.');
      return;
    }
    setBusy(file.name);
    try {
      const answer = await api.importTickets(file);
      made(answer.codes, answer);
    } catch (failed) {
      const refusal = refusalOf(failed);
      setError(whyFile(refusal.body.why) ?? wordsFor(refusal));
    }
    setBusy(undefined);
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
            if (file) void take(file);
          }}
        />
        <div>
          <Button aria-disabled={busy !== undefined} onClick={() => busy === undefined && input.current?.click()}>
            {busy === undefined ? 'Choose a file' : `Importing ${busy}`}
          </Button>
        </div>
        {error && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
      </div>
    </Card>
  );
}

function Shop({ api }: { api: Organiser }) {
  const [key, setKey] = useState<string>();
  const [error, setError] = useState<string>();
  return (
    <Card title="Let a shop sell" note="One call for each sale; calling again with the same reference changes nothing.">
      {key ? (
        <div className={styles.form}>
          <p>The key is shown this once. Keep it where your shop keeps its secrets.</p>
          <CopyBlock
            what="call of the shop"
            text={[
              `curl ${location.origin}/events/api/shop/tickets \\`,
              `  -H 'Authorization: Bearer ${key}' \\`,
              "  -H 'Content-Type: application/json' \\",
              `  -d '{"reference":"order-1","holder":"Ada","email":"ada@example.com"}'`,
            ].join('\n')}
          />
        </div>
      ) : (
        <div className={styles.form}>
          <div>
            <Button
              onClick={() =>
                void api.shopKey().then(
                  answer => setKey(answer.key),
                  failed => setError(wordsFor(refusalOf(failed))),
                )
              }
            >
              <Icon.Lock /> Make a key
            </Button>
          </div>
          {error && (
            <p role="alert" className={styles.error}>
              {error}
            </p>
          )}
        </div>
      )}
    </Card>
  );
}

function Ask({
  api,
  ask,
  close,
  done,
}: {
  api: Organiser;
  ask: { ticket: Ticket; what: 'reissue' | 'revoke' };
  close: () => void;
  done: (code?: string) => void;
}) {
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string>();
  const { ticket, what } = ask;

  async function act() {
    try {
      if (what === 'reissue') done((await api.reissue(ticket.number)).code);
      else {
        await api.revoke(ticket.number, reason.trim());
        done();
      }
    } catch (failed) {
      setError(wordsFor(refusalOf(failed)));
    }
  }

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
      {error && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
      <div className={styles.acts}>
        <Button look={what === 'reissue' ? 'primary' : 'danger'} onClick={() => void act()}>
          {what === 'reissue' ? 'Make a new code' : 'Revoke the ticket'}
        </Button>
        <Button onClick={close}>Keep it as it is</Button>
      </div>
    </Dialog>
  );
}
