import { Field } from '@carillon/web-kit';
import type { ComponentProps } from 'react';

/** A field for what a machine reads: nothing is completed, corrected or turned around. */
export function ExactField(props: ComponentProps<typeof Field>) {
  return <Field {...props} autoComplete="off" spellCheck={false} dir="ltr" />;
}
