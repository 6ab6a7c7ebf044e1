import type { AnchorHTMLAttributes, ComponentProps } from 'react';
import { cx } from '../cx.ts';
import styles from './Button.module.css';

interface Look {
  /** `primary` is the one main act of a view; `plain` has no border. */
  look?: 'primary' | 'quiet' | 'plain' | 'danger';
  size?: 'normal' | 'small';
}

const classes = ({ look = 'quiet', size = 'normal' }: Look, className?: string) =>
  cx(styles.button, styles[look], size === 'small' && styles.small, className);

export function Button({ look, size, className, ...rest }: Look & ComponentProps<'button'>) {
  return (
    <button type="button" {...rest} className={classes({ ...(look && { look }), ...(size && { size }) }, className)} />
  );
}

/** A link that is drawn as a button, because it is the next step. */
export function LinkButton({ look, size, className, ...rest }: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return <a {...rest} className={classes({ ...(look && { look }), ...(size && { size }) }, className)} />;
}
