import { Button, LinkButton, StatusDot } from '@carillon/web-kit';
import type { Refusal } from '../../../shared/http.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { clock } from '../../../staff/times.ts';
import { type FieldName, fields } from '../../session/definition.ts';
import type { EditorView } from '../../session/editor.ts';
import styles from './FormPage.module.css';

/** Where the form stands with the server, in words. Trouble is read out; that all is well is there to be looked at. */
export function SavingWords({
  view,
  faults,
  retry,
}: {
  view: EditorView;
  faults: readonly FieldName[];
  retry: () => void;
}) {
  const { saving, show, joined } = view;
  const except = exceptWords(faults);
  const out = saving.is === 'refused' && saving.refusal.status === 401;
  const trouble =
    saving.is === 'offline'
      ? 'Not saved: no answer. Trying again; keep this page open.'
      : out
        ? 'Not saved: you are not signed in any more. Keep this page open, sign in in another window, and come back.'
        : saving.is === 'refused'
          ? `Not saved. ${refusedWords(saving.refusal)}`
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
      {saving.is === 'refused' && (
        <span className={styles.savingActs}>
          {out && (
            <LinkButton size="small" href="/events/organise" target="_blank" rel="noreferrer">
              Sign in
            </LinkButton>
          )}
          <Button size="small" onClick={retry}>
            Try again
          </Button>
        </span>
      )}
      {saving.is === 'saved' && (
        <StatusDot tone={faults.length > 0 ? 'warn' : 'good'}>
          {at === undefined ? `Saved${except}` : `Saved ${clock(at)}${except}`}
        </StatusDot>
      )}
      {saving.is === 'typing' && <StatusDot tone="busy">Saved once you leave the field</StatusDot>}
      {(saving.is === 'saving' || saving.is === 'waiting') && <StatusDot tone="busy">Saving</StatusDot>}
      {joined && <span className={styles.joined}>Somebody else’s changes were taken over.</span>}
    </div>
  );
}

/** The server names the field that it cannot take. */
function refusedWords(refusal: Refusal): string {
  const field = fields[refusal.body.member as FieldName];
  return field ? `The server does not take what stands in “${field.name}”.` : wordsFor(refusal);
}

/** What is not stored. Zone and times are stored together or not at all. */
function exceptWords(faults: readonly FieldName[]): string {
  const times = faults.some(f => fields[f].step === 'time');
  const others = new Set(faults.filter(f => fields[f].step !== 'time')).size;
  const rest = others === 1 ? 'one field' : `${others} fields`;
  return times ? `, except the times${others > 0 ? ` and ${rest}` : ''}` : others > 0 ? `, except ${rest}` : '';
}
