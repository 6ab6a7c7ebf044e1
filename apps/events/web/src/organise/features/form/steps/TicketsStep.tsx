import { number } from '../../../../staff/times.ts';
import { TextArea, TextField } from '../../../../staff/ui/Form.tsx';
import type { StepProps } from '../FormPage.tsx';
import { idOf } from '../ids.ts';
import styles from './Steps.module.css';

export function TicketsStep({ values, change, leave, errors, open }: StepProps) {
  const planned = Number(values['tickets.planned'].replaceAll(/[\s,.'’]/g, ''));
  return (
    <>
      <TextField
        id={idOf('tickets.planned')}
        label="Tickets planned"
        hint="Your best guess; more can be sold. The platform is shaped for this number."
        inputMode="numeric"
        short
        value={values['tickets.planned']}
        error={errors['tickets.planned']}
        disabled={!open}
        change={text => change({ 'tickets.planned': text })}
        blur={() => leave('tickets.planned')}
      />
      {planned > 10_000 && values['chat.enabled'] && (
        <p className={styles.note}>
          {number(planned)} fans are more than one channel holds on AWS (10,000). See “Audience” in the last step.
        </p>
      )}
      <TextArea
        id={idOf('tickets.tiers')}
        label="Tiers"
        hint="One a line. A chat for tiers leaves out the first."
        rows={3}
        value={values['tickets.tiers']}
        error={errors['tickets.tiers']}
        disabled={!open}
        change={text => change({ 'tickets.tiers': text })}
        blur={() => leave('tickets.tiers')}
      />
      <p className={styles.note}>
        Codes are made on the page “Tickets”: generated, imported from a file, or sold by your shop one by one.
      </p>
    </>
  );
}
