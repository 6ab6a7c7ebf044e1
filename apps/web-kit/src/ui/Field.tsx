import { type ComponentProps, type ReactNode, useId } from 'react';
import { cx } from '../cx.ts';
import styles from './Field.module.css';
import { Flag } from './Icon.tsx';

/** What every field has: a label above, a hint, and an error that is tied to it, read with it, and read out when it appears. */
export interface Labels {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  /** No wider than a number or a date wants it. */
  short?: boolean;
}

/** A control with its label, hint and error. @param id of the control, so that others can lead to it. */
function Labelled({
  id: own,
  label,
  hint,
  error,
  children,
}: Labels & {
  id?: string | undefined;
  children: (tied: {
    id: string;
    'aria-invalid': true | undefined;
    'aria-describedby': string | undefined;
  }) => ReactNode;
}) {
  const made = useId();
  const id = own ?? made;
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      {children({ id, 'aria-invalid': error ? true : undefined, 'aria-describedby': notes || undefined })}
      {error && (
        <p id={`${id}-error`} className={styles.error} role="alert">
          <Flag /> {error}
        </p>
      )}
    </div>
  );
}

/** One labelled line of input. @param unit what its number counts, drawn behind it. */
export function Field({
  label,
  hint,
  error,
  short,
  unit,
  id,
  ...rest
}: Labels & { unit?: string | undefined } & ComponentProps<'input'>) {
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      {tied => (
        <span className={cx(styles.row, short && styles.short)}>
          <input {...rest} {...tied} className={styles.input} />
          {unit && (
            <span className={styles.unit} aria-hidden="true">
              {unit}
            </span>
          )}
        </span>
      )}
    </Labelled>
  );
}

/** Several lines of labelled input. */
export function TextArea({
  label,
  hint,
  error,
  mono,
  id,
  ...rest
}: Labels & { mono?: boolean | undefined } & ComponentProps<'textarea'>) {
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      {tied => <textarea {...rest} {...tied} className={cx(styles.input, styles.area, mono && styles.mono)} />}
    </Labelled>
  );
}

/** One labelled choice of a few. */
export function Select({
  label,
  hint,
  error,
  short,
  options,
  id,
  ...rest
}: Labels & { options: readonly { value: string; name: string }[] } & ComponentProps<'select'>) {
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      {tied => (
        <select {...rest} {...tied} className={cx(styles.input, styles.select, short && styles.short)}>
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.name}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}
