/** Small drawings. All are ornaments: what they mean is said in words beside them. */
import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }): ReactNode {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
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

export const Mark = (): ReactNode => (
  <svg viewBox="0 0 64 64" aria-hidden="true" focusable="false">
    <rect width="64" height="64" rx="14" fill="#1f5f5b" />
    <path fill="#f7f6f2" d="M14 14h36v6H14zm0 32h36v6H14zm5-23h6v20h-6zm10 0h6v20h-6zm10 0h6v20h-6z" />
  </svg>
);
export const Upload = (): ReactNode => (
  <Icon>
    <path d="M12 16V4m-5 5 5-5 5 5M4 16v3a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3" />
  </Icon>
);
export const Camera = (): ReactNode => (
  <Icon>
    <path d="M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1Z" />
    <circle cx="12" cy="13" r="3.5" />
  </Icon>
);
export const Print = (): ReactNode => (
  <Icon>
    <path d="M7 9V4h10v5M7 18H4v-8h16v8h-3M7 15h10v5H7z" />
  </Icon>
);
export const Calendar = (): ReactNode => (
  <Icon>
    <path d="M4 6h16v14H4zM4 10h16M8 3v4m8-4v4" />
  </Icon>
);
export const Bin = (): ReactNode => (
  <Icon>
    <path d="M4 7h16M9 7V4h6v3m3 0-1 13H7L6 7m4 4v5m4-5v5" />
  </Icon>
);
export const Back = (): ReactNode => (
  <Icon>
    <path d="m14 6-6 6 6 6" />
  </Icon>
);
