import { Dialog, ThemeSwitch } from '@carillon/web-kit';
import { Check } from '../../../staff/ui/Form.tsx';
import type { DeskPage } from '../../session/types.ts';
import styles from '../Dialogs.module.css';

const roles = { organiser: 'organiser', artist: 'artist', moderator: 'moderator' } as const;
const letters = [
  ['J, K', 'Next, previous message'],
  ['A', 'Approve what is held'],
  ['R', 'Refuse what is held; remove in the live pane'],
  ['T', 'Time-out for whoever wrote it'],
  ['Z', 'Take back what was just done'],
] as const;

/** What is kept on this device: letters and sound. */
export function SettingsDialog({
  name,
  role,
  theme,
  keys,
  setKeys,
  sound,
  setSound,
  close,
}: {
  name: string;
  role: DeskPage['role'];
  /** The page's head has no room for the theme. */
  theme: boolean;
  keys: boolean;
  setKeys: (on: boolean) => void;
  sound: boolean;
  setSound: (on: boolean) => void;
  close: () => void;
}) {
  return (
    <Dialog title="Settings" closeName="Close" onClose={close}>
      <p className={styles.muted}>
        You are here as <bdi>{name}</bdi>, {roles[role]}. What you do is in the log under this name.
      </p>
      <Check
        label="Letters act"
        hint="In the lists, and while nothing is being written. Every letter stands on its button."
        checked={keys}
        change={setKeys}
      />
      {keys && (
        <dl className={styles.keys}>
          {letters.map(([letter, what]) => (
            <div key={letter}>
              <dt>{letter}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      )}
      <Check
        label="A quiet tone when something waits"
        hint="At most every four seconds."
        checked={sound}
        change={setSound}
      />
      {theme && (
        <div>
          <ThemeSwitch />
        </div>
      )}
    </Dialog>
  );
}
