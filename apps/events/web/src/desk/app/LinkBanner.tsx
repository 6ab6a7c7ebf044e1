import { Button, LinkButton } from '@carillon/web-kit';
import { useEffect, useState } from 'react';
import type { DeskModel, DeskView } from '../session/desk.ts';
import styles from './Desk.module.css';

/** Says where the desk's line stands, once it has been down for two seconds, or is down for good. */
export function LinkBanner({ model, link }: { model: DeskModel; link: DeskView['link'] }) {
  const down = link.is === 'waiting';
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (!down) {
      setDue(false);
      return;
    }
    const timer = setTimeout(() => setDue(true), 2000);
    return () => clearTimeout(timer);
  }, [down]);
  if (link.is === 'closed' && link.why !== 'left')
    return (
      <div role="alert" className={styles.banner}>
        <span>
          {link.why === 'ended'
            ? 'The show is over. What is here stays to be read.'
            : link.why === 'enter'
              ? 'You are signed out of this desk. Open your invitation again; what you have written here stays.'
              : 'You are not part of this show any more. Ask whoever organises it.'}
        </span>
        {link.why !== 'ended' && (
          <>
            <Button size="small" onClick={() => model.start()}>
              Try again
            </Button>
            <LinkButton size="small" look="plain" href="/events/organise">
              To your shows
            </LinkButton>
          </>
        )}
      </div>
    );
  return (
    <div role="status" className={due && down ? styles.banner : undefined}>
      {due && down && (
        <>
          <span>Reconnecting. What you decide is sent all the same; numbers and the queue may be old.</span>
          <Button size="small" onClick={() => model.retryNow()}>
            Now
          </Button>
        </>
      )}
    </div>
  );
}
