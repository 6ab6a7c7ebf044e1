import { Button, Dialog, Notice } from '@carillon/web-kit';
import { useEffect, useSyncExternalStore } from 'react';
import { Link } from '../../staff/route.tsx';
import { number } from '../../staff/times.ts';
import { atRisk, subscribeKept } from '../session/keptCodes.ts';
import styles from './ShowHead.module.css';

/** Codes that would be lost with the page: said wherever one is, and asked about before the page is closed. */
export function CodesAtRisk({ path }: { path: string }) {
  const shows = useSyncExternalStore(subscribeKept, atRisk);
  const risk = shows.length > 0;
  useEffect(() => {
    if (!risk) return;
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', leaving);
    return () => removeEventListener('beforeunload', leaving);
  }, [risk]);
  return shows
    .map(show => ({ ...show, href: `/events/organise/${show.id}/tickets` }))
    .filter(show => show.href !== path)
    .map(({ id, title, count, href }) => (
      <Notice
        key={id}
        tone="warn"
        title={count > 0 ? `${number(count)} codes are not saved yet` : 'Codes are still to come'}
      >
        <p>
          <Link href={href}>
            To the codes of <bdi>{title || 'the show'}</bdi>
          </Link>
          . They cannot be had again once this window is closed.
        </p>
      </Notice>
    ));
}

/** Asks before codes go with whoever signs out. */
export function SignOutAnyway({ yes, close }: { yes: () => void; close: () => void }) {
  return (
    <Dialog title="Sign out without the codes?" closeName="Close" onClose={close}>
      <p>
        There are codes that nobody has saved yet. They are gone when you sign out, and their tickets need new ones.
      </p>
      <div className={styles.dialogActs}>
        <Button look="danger" onClick={yes}>
          Sign out
        </Button>
        <Button onClick={close}>Stay</Button>
      </div>
    </Dialog>
  );
}
