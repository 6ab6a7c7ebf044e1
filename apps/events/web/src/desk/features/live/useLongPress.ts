import { type DOMAttributes, type MouseEvent, type PointerEvent, useRef } from 'react';

/** A finger that rests this long asks for the menu, in milliseconds. */
const restsMs = 500;
/** One that moves further than this scrolls, in pixels. */
const restsWithin = 6;

/** A finger that rests on a row asks for its menu, at that place. The mouse keeps the browser's own menu. */
export function useLongPress(
  open: (row: HTMLElement, at: { x: number; y: number }) => void,
): Pick<
  DOMAttributes<HTMLElement>,
  'onPointerDown' | 'onPointerUp' | 'onPointerCancel' | 'onPointerMove' | 'onContextMenu'
> {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const letGo = () => clearTimeout(timer.current);
  return {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.pointerType === 'mouse') return;
      const { currentTarget, clientX: x, clientY: y } = event;
      timer.current = setTimeout(() => open(currentTarget, { x, y }), restsMs);
    },
    onPointerUp: letGo,
    onPointerCancel: letGo,
    onPointerMove: event => {
      if (Math.abs(event.movementX) + Math.abs(event.movementY) > restsWithin) letGo();
    },
    // Many phones say so by this event.
    onContextMenu: (event: MouseEvent<HTMLElement>) => {
      if ((event.nativeEvent as globalThis.PointerEvent).pointerType !== 'touch') return;
      event.preventDefault();
      letGo();
      open(event.currentTarget, { x: event.clientX, y: event.clientY });
    },
  };
}
