import { useEffect } from 'react';

/** F6 goes from region to region of the page, with Shift backwards: past the list, however long it is. */
export function useRegionKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'F6' || event.ctrlKey || event.altKey || event.metaKey) return;
      const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter(
        region => getComputedStyle(region).visibility !== 'hidden',
      );
      const here = regions.findIndex(r => r.contains(document.activeElement));
      // In the order they are visited, from the one after here on.
      const order = [...regions.slice(here + 1), ...regions.slice(0, Math.max(0, here))];
      if (event.shiftKey) order.reverse();
      for (const next of order) {
        const target = next.querySelector<HTMLElement>(
          '[tabindex="0"], button:not([tabindex="-1"]), textarea, input, select, a[href], iframe',
        );
        if (!target) continue;
        target.focus();
        event.preventDefault();
        return;
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
