import { Icon } from '@carillon/web-kit';
import type { WhoAmI } from '../../../staff/session/types.ts';
import styles from './Shows.module.css';

/** The shows one is invited to, each with the way to its desk. */
export function YourShows({ shows }: { shows: WhoAmI['shows'] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
    <ul role="list" className={styles.invited}>
      {shows.map(show => (
        <li key={show.id}>
          <a href={`/events/desk/${show.id}`} className={styles.desk}>
            <Icon.Chat />
            <span>
              <bdi>{show.title || 'Untitled show'}</bdi>
            </span>
            <span className={styles.muted}>{show.kind === 'artist' ? 'as the artist' : 'as a moderator'}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
