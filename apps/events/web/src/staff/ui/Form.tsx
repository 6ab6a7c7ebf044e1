import { TextArea as Area, Field, Icon, type Labels, Select } from '@carillon/web-kit';
import { type ReactNode, type Ref, useEffect, useId, useRef, useState } from 'react';
import styles from './Form.module.css';

/**
 * A form that says what came of it: the first field at fault is gone to and read with its error, more than one are listed
 * with a link to each, and what is the matter with none of them is read out.
 */
export function Form({
  submit,
  error,
  className,
  children,
}: {
  submit: () => void | Promise<void>;
  /** What is wrong with none of the fields. */
  error?: string | undefined;
  className?: string | undefined;
  children: ReactNode;
}) {
  const form = useRef<HTMLFormElement>(null);
  const summary = useRef<HTMLDivElement>(null);
  const [tries, setTries] = useState(0);
  const [wrong, setWrong] = useState<{ id: string; label: string; words: string }[]>([]);

  useEffect(() => {
    if (tries === 0) return;
    const found = [...(form.current?.querySelectorAll<HTMLElement>('[aria-invalid="true"]') ?? [])];
    setWrong(
      found.length < 2
        ? []
        : found.map(({ id }) => ({
            id,
            label: form.current?.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent ?? '',
            words: document.getElementById(`${id}-error`)?.textContent ?? '',
          })),
    );
    if (found.length === 1) found[0]?.focus();
  }, [tries]);
  useEffect(() => {
    if (wrong.length > 0) summary.current?.focus();
  }, [wrong]);

  return (
    <form
      ref={form}
      className={className}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void Promise.resolve(submit()).finally(() => setTries(n => n + 1));
      }}
    >
      {wrong.length > 0 && (
        <div ref={summary} tabIndex={-1} role="alert" className={styles.summary}>
          <p className={styles.label}>{`${wrong.length} fields want another look`}</p>
          <ul>
            {wrong.map(({ id, label, words }) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  onClick={event => {
                    event.preventDefault();
                    document.getElementById(id)?.focus();
                  }}
                >
                  {label}
                </a>
                : {words}
              </li>
            ))}
          </ul>
        </div>
      )}
      {children}
      {error && (
        <p role="alert" className={styles.error}>
          <Icon.Flag /> {error}
        </p>
      )}
    </form>
  );
}

type TextProps = Labels & {
  value: string;
  change: (value: string) => void;
  blur?: () => void;
  /** The element's id, so that a summary can link to it. */
  id?: string;
  disabled?: boolean;
  type?: 'text' | 'url' | 'number' | 'datetime-local' | 'search' | 'email';
  inputMode?: 'numeric' | 'url';
  placeholder?: string;
  list?: string;
  /** What the value is while the browser's own field (a date, a time) is begun and not whole. */
  half?: string;
  unit?: string;
  autoComplete?: string;
  ref?: Ref<HTMLInputElement>;
};

export function TextField({ value, change, blur, half, autoComplete = 'off', type = 'text', ...rest }: TextProps) {
  return (
    <Field
      {...rest}
      type={type}
      dir={type === 'text' || type === 'search' ? 'auto' : undefined}
      value={value === half ? '' : value}
      autoComplete={autoComplete}
      onChange={event => change(half && event.target.validity.badInput ? half : event.target.value)}
      onBlur={event => {
        // From empty to half and back the browser says nothing.
        const bad = event.target.validity.badInput;
        if (half && bad !== (value === half)) change(bad ? half : event.target.value);
        blur?.();
      }}
    />
  );
}

export function TextArea({
  value,
  change,
  blur,
  rows = 4,
  ...rest
}: Labels & {
  id?: string;
  disabled?: boolean;
  value: string;
  change: (value: string) => void;
  blur?: () => void;
  rows?: number;
  mono?: boolean;
}) {
  return (
    <Area {...rest} dir="auto" rows={rows} value={value} onChange={event => change(event.target.value)} onBlur={blur} />
  );
}

export function Choice<T extends string>({
  value,
  change,
  options,
  ...rest
}: Labels & {
  id?: string;
  disabled?: boolean;
  value: T;
  change: (value: T) => void;
  options: readonly { value: T; name: string }[];
}) {
  return <Select {...rest} value={value} options={options} onChange={event => change(event.target.value as T)} />;
}

/** A few choices that each need a sentence. */
export function Radios<T extends string>({
  legend,
  value,
  change,
  options,
  id,
  disabled,
}: {
  legend: string;
  value: T;
  change: (value: T) => void;
  options: readonly { value: T; name: string; note?: string }[];
  id?: string;
  disabled?: boolean;
}) {
  const made = useId();
  const own = id ?? made;
  return (
    <fieldset className={styles.group} id={own} tabIndex={-1}>
      <legend className={styles.label}>{legend}</legend>
      {options.map(option => (
        <label key={option.value} className={styles.option}>
          <input
            type="radio"
            name={own}
            checked={value === option.value}
            disabled={disabled}
            aria-describedby={option.note ? `${own}-${option.value}` : undefined}
            onChange={() => change(option.value)}
          />
          <span className={styles.optionText}>
            <span>{option.name}</span>
            {option.note && (
              <span id={`${own}-${option.value}`} className={styles.hint}>
                {option.note}
              </span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export function Check({
  label,
  hint,
  checked,
  change,
  id,
  disabled,
}: Labels & { id?: string; disabled?: boolean; checked: boolean; change: (checked: boolean) => void }) {
  const made = useId();
  const own = id ?? made;
  return (
    <label className={styles.option}>
      <input
        id={own}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${own}-hint` : undefined}
        onChange={event => change(event.target.checked)}
      />
      <span className={styles.optionText}>
        <span>{label}</span>
        {hint && (
          <span id={`${own}-hint`} className={styles.hint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
