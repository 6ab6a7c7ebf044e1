import { useMemo } from 'react';
import { ownZone, placeOf } from '../../../../shared/time.ts';
import { clock, dateTime } from '../../../../staff/times.ts';
import { Radios, TextField } from '../../../../staff/ui/Form.tsx';
import { halfTyped, instant, type TimeField } from '../../../session/definition.ts';
import { isZone, momentsOf, offsetName, zones } from '../../../session/zoned.ts';
import type { StepProps } from '../FormPage.tsx';
import { idOf } from '../ids.ts';
import styles from './Steps.module.css';

export function TimeStep(props: StepProps) {
  const { values, change, leave, errors, open } = props;
  const own = ownZone();
  const all = useMemo(() => zones(own), [own]);
  const starts = instant(values, 'startsAt');
  const known = isZone(values.zone);
  return (
    <>
      <TextField
        id={idOf('zone')}
        label="Time zone"
        hint={
          known
            ? `The clock of ${placeOf(values.zone)}${starts ? `, ${offsetName(Date.parse(starts), values.zone)} on that day` : ''}. Yours is ${own}.`
            : `Type a city and choose from the list. Yours is ${own}.`
        }
        list="zones"
        value={values.zone}
        error={errors.zone}
        disabled={!open}
        change={zone => change({ zone }, 'zone')}
        blur={() => leave('zone')}
      />
      <datalist id="zones">
        {all.map(zone => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {values.zone !== own && open && (
        <div>
          <button type="button" className={styles.textual} onClick={() => change({ zone: own })}>
            Use {own}
          </button>
        </div>
      )}
      <Time
        {...props}
        field="doorsAt"
        label="Doors open"
        hint="When fans may come in and the chat begins. Optional: without it, when the show starts."
      />
      <Time {...props} field="startsAt" label="Show starts" />
      <Time
        {...props}
        field="endsAt"
        label="Show ends"
        hint="Fans are told then that it is over. Move it when the show runs late."
      />
    </>
  );
}

function Time({
  values,
  change,
  leave,
  errors,
  open,
  field,
  label,
  hint,
}: StepProps & { field: TimeField; label: string; hint?: string }) {
  const moments = isZone(values.zone) ? momentsOf(values[field], values.zone) : [];
  const at = instant(values, field);
  const own = ownZone();
  const elsewhere =
    at && isZone(values.zone) && offsetName(Date.parse(at), own) !== offsetName(Date.parse(at), values.zone)
      ? `In your zone: ${dateTime(at, own)}`
      : undefined;
  return (
    <div className={styles.time}>
      <TextField
        id={idOf(field)}
        label={label}
        {...(hint && { hint })}
        type="datetime-local"
        short
        half={halfTyped}
        value={values[field]}
        error={errors[field]}
        disabled={!open}
        change={wall => change({ [field]: wall }, field)}
        blur={() => leave(field)}
      />
      {moments.length === 2 && (
        <Radios
          legend={`${values[field].slice(11)} comes twice in this night, because clocks go back. Which one?`}
          value={values[`${field}Later`] ? 'later' : 'first'}
          disabled={!open}
          change={which => change({ [`${field}Later`]: which === 'later' })}
          options={moments.map((moment, index) => ({
            value: index === 0 ? ('first' as const) : ('later' as const),
            name: `${index === 0 ? 'The first' : 'The second'}, ${offsetName(moment, values.zone)} (${clock(moment, 'UTC')} UTC)`,
          }))}
        />
      )}
      {elsewhere && <p className={styles.note}>{elsewhere}</p>}
    </div>
  );
}
