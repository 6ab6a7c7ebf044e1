import type { FieldName } from '../../session/definition.ts';

/** The id of a field's control, for links to it. */
export function idOf(field: FieldName): string {
  return `field-${field.replace('.', '-')}`;
}
