import { StatusDot } from '@carillon/web-kit';
import { wordsFor } from '../../../staff/session/words.ts';
import { clock } from '../../../staff/times.ts';
import type { EditorView } from '../../session/editor.ts';
import styles from './FormPage.module.css';

/** Where the form stands with the server, in words. Trouble is read out; that all is well is there to be looked at. */
export function SavingWords({ view, faults }: { view: EditorView; faults: number }) {
  const { saving, show, joined } = view;
  const except = faults > 0 ? `, except ${faults === 1 ? 'one field' : `${faults} fields`}` : '';
  const trouble =
    saving.is === 'offline'
      ? 'Not saved: no answer. Trying again; keep this page open.'
      : saving.is === 'refused'
        ? `Not saved. ${wordsFor(saving.refusal)}`
        : saving.is === 'conflict'
          ? 'Not saved: somebody else changed the same.'
          : '';
  const at = saving.is === 'saved' ? (saving.at ?? (show.updated ? Date.parse(show.updated) : undefined)) : undefined;
  return (
    <div className={styles.saving} data-saving={saving.is}>
      <span role="status">
        {trouble && (
          <StatusDot tone="bad" long>
            {trouble}
          </StatusDot>
        )}
      </span>
      {saving.is === 'saved' && (
        <StatusDot tone={faults > 0 ? 'warn' : 'good'}>
          {at === undefined ? `Saved${except}` : `Saved ${clock(at)}${except}`}
        </StatusDot>
      )}
      {(saving.is === 'saving' || saving.is === 'waiting') && <StatusDot tone="busy">Saving</StatusDot>}
      {joined && <span className={styles.joined}>Somebody else’s changes were taken over.</span>}
    </div>
  );
}
