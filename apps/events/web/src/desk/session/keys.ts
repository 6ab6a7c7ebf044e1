const stored = 'carillon-desk-keys';
const soundStored = 'carillon-desk-sound';

/** Single letters act only inside a list, and only while they are wanted. */
export function keysWanted(): boolean {
  return read(stored) !== 'off';
}

export function wantKeys(on: boolean): void {
  write(stored, on ? 'on' : 'off');
}

/** Silent unless somebody asks for it. */
export function soundWanted(): boolean {
  return read(soundStored) === 'on';
}

export function wantSound(on: boolean): void {
  write(soundStored, on ? 'on' : 'off');
}

/** The letter of a key press that is a command: alone, and not while something is written. */
export function commandOf(event: {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  target: EventTarget | null;
}): string | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return undefined;
  const at = event.target as { closest?: (selector: string) => unknown } | null;
  if (at?.closest?.('input, textarea, select, [contenteditable]')) return undefined;
  return event.key.toLowerCase();
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}
