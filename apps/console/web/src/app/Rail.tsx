import { Icon } from '@carillon/web-kit';
import { Link } from '../hooks/address.tsx';
import { apisPath, functionsPath, type Place } from '../session/place.ts';
import styles from './Rail.module.css';

/** What there is to look at, by noun. A noun that comes is a line more. */
const nouns: readonly { name: string; path: string; icon: () => React.ReactNode; views: readonly Place['view'][] }[] = [
  { name: 'Gateway', path: apisPath, icon: Icon.Gateway, views: ['apis', 'api'] },
  { name: 'Functions', path: functionsPath, icon: Icon.Lambda, views: ['functions', 'function'] },
];

export function Rail({ place, where }: { place: Place; where: string }) {
  return (
    <nav aria-label="Console" className={styles.rail}>
      <ul className={styles.list}>
        {nouns.map(noun => (
          <li key={noun.path}>
            <Link
              href={noun.path}
              className={styles.noun}
              aria-current={noun.views.includes(place.view) ? 'page' : undefined}
            >
              <noun.icon />
              {noun.name}
            </Link>
          </li>
        ))}
      </ul>
      <p className={styles.where}>{where}</p>
    </nav>
  );
}
