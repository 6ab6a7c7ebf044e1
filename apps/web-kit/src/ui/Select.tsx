import type { SelectHTMLAttributes } from 'react';
import { useId } from 'react';
import styles from './Field.module.css';

/** One labelled choice of a few. */
export function Select({
  label,
  options,
  ...rest
}: { label: string; options: readonly { value: string; name: string }[] } & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <select {...rest} id={id} className={styles.input}>
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  );
}
