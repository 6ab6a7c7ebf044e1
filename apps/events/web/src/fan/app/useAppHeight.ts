import { useEffect } from 'react';

/**
 * Keeps `--app-height` at what the page can really show: where a keyboard covers the page instead of making it smaller,
 * only the visual viewport knows.
 */
export function useAppHeight(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const root = document.documentElement;
    const measure = () => {
      // A page that is zoomed in has a small viewport too, and must keep its layout.
      if (viewport.scale > 1.01) return;
      root.style.setProperty('--app-height', `${Math.round(viewport.height)}px`);
    };
    measure();
    viewport.addEventListener('resize', measure);
    return () => {
      viewport.removeEventListener('resize', measure);
      root.style.removeProperty('--app-height');
    };
  }, []);
}
