import { Button, Card, CopyBlock, Dialog, Icon, useAnnounce } from '@carillon/web-kit';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ownZone } from '../../../shared/time.ts';
import type { Organiser } from '../../../staff/session/api.ts';
import type { ShopKey } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { dateTime } from '../../../staff/times.ts';
import { Failed } from '../../../staff/ui/State.tsx';
import table from '../../../staff/ui/Table.module.css';
import { useAct } from '../../../staff/useAct.ts';
import { useLoad } from '../../../staff/useLoad.ts';
import styles from './Tickets.module.css';

/** What shops sell with: made, seen by their use, taken back. */
export function ShopKeys({ api }: { api: Organiser }) {
  const announce = useAnnounce();
  const load = useCallback(() => api.shopKeys(), [api]);
  const [keys, again] = useLoad(load);
  const [made, setMade] = useState<{ id: string; key: string }>();
  const [ask, setAsk] = useState<ShopKey>();
  const make = useAct(refusal =>
    refusal.body.why === 'many' ? 'Twenty keys are possible at once. Take one back first.' : wordsFor(refusal),
  );
  const remove = useAct();
  const shown = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (made) shown.current?.focus();
  }, [made]);
  const all = keys.value?.keys ?? [];
  return (
    <Card title="Let a shop sell" note="One call for each sale; calling again with the same reference changes nothing.">
      <div className={styles.form}>
        {made && (
          <>
            <p ref={shown} tabIndex={-1} className={styles.shown}>
              Key <code>{made.id}</code> is shown this once. Keep it where your shop keeps its secrets.
            </p>
            <CopyBlock
              what="call of the shop"
              text={[
                `curl ${location.origin}/events/api/shop/tickets \\`,
                `  -H 'Authorization: Bearer ${made.key}' \\`,
                "  -H 'Content-Type: application/json' \\",
                `  -d '{"reference":"order-1","holder":"Ada","email":"ada@example.com"}'`,
              ].join('\n')}
            />
          </>
        )}
        {keys.is === 'failed' && <Failed words={wordsFor(keys.refusal)} retry={() => void again()} />}
        {all.length > 0 && (
          // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
          <ul role="list" aria-label="Keys" className={styles.keys}>
            {all.map(key => (
              <li key={key.id} className={styles.key}>
                <span>
                  <code>{key.id}</code>
                  <span className={table.muted}>
                    {' '}
                    made {dateTime(key.madeAt, ownZone())};{' '}
                    {key.usedAt ? `sold last ${dateTime(key.usedAt, ownZone())}` : 'has sold nothing yet'}
                  </span>
                </span>
                <Button size="small" look="danger" aria-label={`Take back key ${key.id}`} onClick={() => setAsk(key)}>
                  Take back
                </Button>
              </li>
            ))}
          </ul>
        )}
        {make.error && (
          <p role="alert" className={styles.error}>
            {make.error}
          </p>
        )}
        <div>
          <Button
            aria-disabled={make.busy}
            onClick={() =>
              void make.run(async () => {
                setMade(await api.makeShopKey());
                await again();
              })
            }
          >
            <Icon.Lock /> Make a key
          </Button>
        </div>
      </div>
      {ask && (
        <Dialog title={`Take back key ${ask.id}?`} closeName="Close" onClose={() => setAsk(undefined)}>
          <p>A shop that still has it can sell nothing from now on. What it has sold stays.</p>
          {remove.error && (
            <p role="alert" className={styles.error}>
              {remove.error}
            </p>
          )}
          <div className={styles.acts}>
            <Button
              look="danger"
              aria-disabled={remove.busy}
              onClick={() =>
                void remove.run(async () => {
                  await api.removeShopKey(ask.id);
                  setAsk(undefined);
                  if (made?.id === ask.id) setMade(undefined);
                  announce(`Key ${ask.id} is taken back`, true);
                  await again();
                })
              }
            >
              Take the key back
            </Button>
            <Button onClick={() => setAsk(undefined)}>Keep it</Button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}
