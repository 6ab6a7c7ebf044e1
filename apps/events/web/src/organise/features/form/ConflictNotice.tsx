import { Button, Notice } from '@carillon/web-kit';
import { useState } from 'react';
import { dateTime } from '../../../staff/times.ts';
import { type FieldName, fields } from '../../session/definition.ts';
import type { Editor, Saving } from '../../session/editor.ts';
import { isZone } from '../../session/zoned.ts';
import styles from './ConflictNotice.module.css';

/** Two people changed the same: both texts side by side, one choice a field, nothing thrown away unseen. */
export function ConflictNotice({
  editor,
  saving,
  zone,
}: {
  editor: Editor;
  saving: Extract<Saving, { is: 'conflict' }>;
  zone: string;
}) {
  const [theirs, setTheirs] = useState<ReadonlySet<FieldName>>(new Set());
  const mine = new Set(saving.conflicts.map(c => c.field).filter(f => !theirs.has(f)));
  return (
    <div role="alert">
      <Notice
        tone="warn"
        title="Somebody else changed the same while you were writing"
        actions={
          <Button look="primary" onClick={() => void editor.decide(mine)}>
            Save my choice
          </Button>
        }
      >
        <p>
          Nothing is lost, and you can go on writing. Choose what holds; everything else is joined as soon as you do.
        </p>
        {saving.conflicts.map(({ field, ...values }) => (
          <fieldset key={field} className={styles.field}>
            <legend className={styles.legend}>{fields[field].name}</legend>
            {(['mine', 'theirs'] as const).map(whose => (
              <label key={whose} className={styles.choice}>
                <input
                  type="radio"
                  name={`conflict-${field}`}
                  checked={(whose === 'theirs') === theirs.has(field)}
                  onChange={() => {
                    const next = new Set(theirs);
                    if (whose === 'theirs') next.add(field);
                    else next.delete(field);
                    setTheirs(next);
                  }}
                />
                <span>
                  <span className={styles.whose}>{whose === 'mine' ? 'Yours' : 'Theirs'}</span>
                  <bdi className={styles.value}>{told(values[whose], zone)}</bdi>
                </span>
              </label>
            ))}
          </fieldset>
        ))}
      </Notice>
    </div>
  );
}

function told(value: unknown, zone: string): string {
  if (value === null || value === '') return 'empty';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return dateTime(value, isZone(zone) ? zone : 'UTC');
  if (Array.isArray(value))
    return value.length === 0
      ? 'none'
      : value
          .map(v =>
            typeof v === 'string'
              ? v
              : ((v as { text?: string; label?: string }).text ?? (v as { label?: string }).label),
          )
          .join(', ');
  return String(value);
}
