import type { ReactNode } from 'react';

// Drawn here in one stroke and one size: a handful of paths is less than an icon package. Each stands beside a word,
// so it is hidden from assistive technology.
/** @param points the way of reading: it is turned round where that goes from right to left. */
function Icon({ points = false, children }: { points?: boolean; children: ReactNode }) {
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
      data-points={points || undefined}
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
  <Icon points>
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
  <Icon points>
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

export const ArrowDown = () => (
  <Icon>
    <path d="M12 5v14M6 13l6 6 6-6" />
  </Icon>
);

export const At = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M16 8v5a2.500 2.500 0 0 0 5 0v-1a9 9 0 1 0-3.500 7.100" />
  </Icon>
);

export const Reply = () => (
  <Icon points>
    <path d="M10 5 4 11l6 6M4 11h9a7 7 0 0 1 7 7v1" />
  </Icon>
);

export const Book = () => (
  <Icon>
    <path d="M12 6c-2-1.500-5-2-8-2v14c3 0 6 .5 8 2 2-1.500 5-2 8-2V4c-3 0-6 .5-8 2ZM12 6v14" />
  </Icon>
);

export const Captions = () => (
  <Icon>
    <rect x="3" y="5" width="18" height="14" rx="2" />
    <path d="M10.500 10.500a2 2 0 1 0 0 3M17 10.500a2 2 0 1 0 0 3" />
  </Icon>
);

export const Chat = () => (
  <Icon>
    <path d="M4 5h16v11H10l-5 4v-4H4Z" />
  </Icon>
);

export const Close = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
);

export const EyeOff = () => (
  <Icon>
    <path d="M4 4l16 16M9.900 5.200A9.500 9.500 0 0 1 12 5c5 0 8.500 4.500 9.500 7a13 13 0 0 1-2.400 3.600M6.300 6.900A13.500 13.500 0 0 0 2.500 12c1 2.500 4.500 7 9.500 7a9.300 9.300 0 0 0 4.200-1" />
  </Icon>
);

export const Flag = () => (
  <Icon>
    <path d="M5 21V4h12l-2 4 2 4H5" />
  </Icon>
);

export const FullScreen = () => (
  <Icon>
    <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
  </Icon>
);

export const Globe = () => (
  <Icon>
    <circle cx="12" cy="12" r="9" />
    <path d="M3 12h18M12 3c2.500 2.500 3.700 5.500 3.700 9s-1.200 6.500-3.700 9c-2.500-2.500-3.700-5.500-3.700-9S9.500 5.500 12 3Z" />
  </Icon>
);

export const Leave = () => (
  <Icon points>
    <path d="M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9" />
  </Icon>
);

export const More = () => (
  <Icon>
    <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />
  </Icon>
);

export const Mute = () => (
  <Icon>
    <path d="M4 9v6h4l5 4V5L8 9ZM17 9l5 6M22 9l-5 6" />
  </Icon>
);

export const Pause = () => (
  <Icon>
    <path d="M8 5v14M16 5v14" />
  </Icon>
);

export const Plug = () => (
  <Icon>
    <path d="M9 3v5M15 3v5M6 8h12v3a6 6 0 0 1-12 0V8ZM12 17v4" />
  </Icon>
);

export const Pin = () => (
  <Icon>
    <path d="M9 4h6l-1 6 3 3H7l3-3ZM12 13v7" />
  </Icon>
);

export const Pip = () => (
  <Icon>
    <rect x="3" y="5" width="18" height="14" rx="2" />
    <rect x="12" y="12" width="6" height="4" rx="1" />
  </Icon>
);

export const Play = () => (
  <Icon>
    <path d="M7 5v14l12-7Z" />
  </Icon>
);

export const Settings = () => (
  <Icon>
    <path d="M4 7h10M18 7h2M4 17h2M10 17h10" />
    <circle cx="16" cy="7" r="2" />
    <circle cx="8" cy="17" r="2" />
  </Icon>
);

export const Sound = () => (
  <Icon>
    <path d="M4 9v6h4l5 4V5L8 9ZM16.500 9a4.500 4.500 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11" />
  </Icon>
);

export const Ticket = () => (
  <Icon>
    <path d="M4 6h16v4a2 2 0 0 0 0 4v4H4v-4a2 2 0 0 0 0-4ZM14 6v3M14 11v2M14 15v3" />
  </Icon>
);

export const Users = () => (
  <Icon>
    <circle cx="9" cy="8" r="3.500" />
    <path d="M3 20a6 6 0 0 1 12 0M16 5a3.500 3.500 0 0 1 0 6.500M17.500 14.500A6 6 0 0 1 21 20" />
  </Icon>
);
