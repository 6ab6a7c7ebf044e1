import type { ReactNode } from 'react';

// Drawn here in one stroke and one size: a handful of paths is less than an icon package. Each stands beside a word,
// so it is hidden from assistive technology.
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const Bell = () => (
  <Icon>
    <path d="M12 3a6 6 0 0 0-6 6c0 5-2 6.500-3 8h18c-1-1.500-3-3-3-8a6 6 0 0 0-6-6Z" />
    <path d="M10 20.500a2.200 2.200 0 0 0 4 0" />
  </Icon>
);

export const Check = () => (
  <Icon>
    <path d="m5 12.500 4.500 4.500L19 7.500" />
  </Icon>
);

export const Copy = () => (
  <Icon>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M5 15H4V5a1 1 0 0 1 1-1h10v1" />
  </Icon>
);

export const External = () => (
  <Icon>
    <path d="M14 4h6v6M20 4l-9 9M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5" />
  </Icon>
);

export const Lock = () => (
  <Icon>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8 11V8a4 4 0 0 1 8 0v3" />
  </Icon>
);

export const Moon = () => (
  <Icon>
    <path d="M20 14.500A8.500 8.500 0 1 1 9.500 4a6.800 6.800 0 0 0 10.500 10.500Z" />
  </Icon>
);

export const Pencil = () => (
  <Icon>
    <path d="M4 20h4L19 9l-4-4L4 16v4ZM13 7l4 4" />
  </Icon>
);

export const Screen = () => (
  <Icon>
    <rect x="3" y="4" width="18" height="12" rx="2" />
    <path d="M9 20h6M12 16v4" />
  </Icon>
);

export const Send = () => (
  <Icon>
    <path d="M4 12 20 4l-5 16-3.500-6.500L4 12Z" />
  </Icon>
);

export const Sun = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600 7 7M17 17l1.400 1.400M18.400 5.600 17 7M7 17l-1.400 1.400" />
  </Icon>
);

export const Trash = () => (
  <Icon>
    <path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13" />
  </Icon>
);

export const Back = () => (
  <Icon>
    <path d="M19 12H5m6-6-6 6 6 6" />
  </Icon>
);

export const Lambda = () => (
  <Icon>
    <path d="M6 4h3l8 16h2M12.500 10.500 7 20" />
  </Icon>
);

export const Gateway = () => (
  <Icon>
    <path d="M4 20V10a8 8 0 0 1 16 0v10M4 20h4M16 20h4M12 2v5M9 20v-8a3 3 0 0 1 6 0v8" />
  </Icon>
);

export const Pause = () => (
  <Icon>
    <path d="M8 5v14M16 5v14" />
  </Icon>
);

export const Play = () => (
  <Icon>
    <path d="m7 5 12 7-12 7V5Z" />
  </Icon>
);

export const Plug = () => (
  <Icon>
    <path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0V8ZM12 17v4" />
  </Icon>
);
