// The icons: square-capped strokes on a 24-unit grid, as data so that no markup is ever parsed from a string.
export type Stroke = { d: string; width?: number; filled?: boolean };

const one = (d: string): Stroke[] => [{ d }];

export const ICONS = {
  pulse: one("M2 13h5l2.5-7 4.5 12 2.5-5H22"),
  pill: [{ d: "M4.2 12.6l8.4-8.4a4.6 4.6 0 0 1 7 7l-8.4 8.4a4.6 4.6 0 0 1-7-7z" }, { d: "M8.5 8.5l7 7" }],
  check: one("M4.5 12.5l5 5 10-11"),
  up: one("M12 20V5M5.5 11.5L12 5l6.5 6.5"),
  down: one("M12 4v15M5.5 12.5L12 19l6.5-6.5"),
  warning: [{ d: "M12 3.5L22 20.5H2z" }, { d: "M12 10v4.5M12 17.3v.4" }],
  order: [{ d: "M5 3h10l4 4v14H5z" }, { d: "M12 10v7M8.5 13.5h7" }],
  back: one("M15 4l-8 8 8 8"),
  forward: one("M9 4l8 8-8 8"),
  scan: [{ d: "M3 8V3h5M16 3h5v5M21 16v5h-5M8 21H3v-5" }, { d: "M7 8v8M10.5 8v8M13.5 8v8M17 8v8", width: 1.8 }],
  minus: one("M6 12h12"),
  plus: one("M12 5v14M5 12h14"),
  close: one("M5.5 5.5l13 13M18.5 5.5l-13 13"),
  person: one("M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.5-6 8-6s8 2 8 6"),
  people: [
    { d: "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM2 20c0-3.6 3-5.4 7-5.4s7 1.800 7 5.400" },
    { d: "M16 5.300a3.500 3.500 0 0 1 0 6.600M18.500 15.200c2.200.8 3.500 2.400 3.500 4.800" },
  ],
  list: one("M3 6h2M9 6h12M3 12h2M9 12h12M3 18h2M9 18h12"),
  grid: one("M3 4h18v16H3zM3 9.3h18M3 14.6h18M9 4v16M15 4v16"),
  swap: one("M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4"),
  torch: one("M8 3h8l-2 6v12h-4V9z"),
  phone: one("M5 3h4l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v4c0 1-1 2-2 2C11 20.500 3.500 13 3 5c0-1 1-2 2-2z"),
  erase: [{ d: "M8 5h13v14H8l-6-7z" }, { d: "M11.5 9l6 6M17.5 9l-6 6" }],
  info: [{ d: "M3.5 3.5h17v17h-17z" }, { d: "M12 11v6M12 7v.6" }],
  eye: [{ d: "M2 12c5-8 15-8 20 0-5 8-15 8-20 0z" }, { d: "M12 9.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z" }],
  drop: one("M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z"),
  keypad: [
    {
      d: "M4 3h4v4H4zM10 3h4v4h-4zM16 3h4v4h-4zM4 9h4v4H4zM10 9h4v4h-4zM16 9h4v4h-4zM10 15h4v4h-4z",
      filled: true,
    },
  ],
  offline: one("M3 9c5-4.5 13-4.5 18 0M6.5 13c3.2-2.8 7.8-2.8 11 0M12 18v.5M4 3l16 18"),
  stop: [{ d: "M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z" }, { d: "M8.5 8.5l7 7M15.5 8.5l-7 7" }],
  lock: one("M5 11h14v10H5zM8 11V7a4 4 0 0 1 8 0v4"),
  settings: [{ d: "M3 7h9M18 7h3M3 17h3M12 17h9" }, { d: "M12 4h6v6h-6zM6 14h6v6H6z" }],
  key: [{ d: "M7.500 10a4 4 0 1 1 0 8 4 4 0 0 1 0-8z" }, { d: "M10.500 11.200L19 3M15.500 6.500l3.500 3.500" }],
  tablet: [{ d: "M5 2.500h14v19H5z" }, { d: "M11 18.500h2" }],
  ward: one("M3 21V8l9-5 9 5v13M3 21h18M9 21v-7h6v7M12 7v4M10 9h4"),
  bed: one("M2 20V5M2 17h20v3M22 17v-5H8V9H2"),
  search: one("M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.500 15.500L21 21"),
  print: one("M6 9V3h12v6M6 17H3V9h18v8h-3M6 14h12v7H6z"),
  leave: one("M10 3H4v18h6M9 12h12M16.500 7.500L21 12l-4.500 4.500"),
  sound: one(
    "M3 9.500h4L12 5v14l-5-4.500H3zM16 9c1.500 1.800 1.500 4.200 0 6M18.800 6.500c2.800 3.200 2.800 7.800 0 11",
  ),
  clock: one("M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7.500V12l3.500 2.500"),
  moon: one("M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z"),
  globe: one("M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM3 12h18M12 3c-5 5.500-5 12.500 0 18M12 3c5 5.500 5 12.500 0 18"),
  hand: one(
    "M8 13V5.500M8 10.500V4M12 11V3M16 11V5M8 14l-3-3.500L3.500 12 8 19.500c.8 1.500 2 2 4 2h2.500c3 0 5.500-2 5.500-5.500V8",
  ),
  refresh: one("M20 4v6h-6M4 20v-6h6M19.500 10A8 8 0 0 0 5.200 7M4.500 14a8 8 0 0 0 14.300 3"),
  held: [{ d: "M3 13l3-9h12l3 9v7H3z" }, { d: "M3 13h5l1.500 3h5L16 13h5" }],
  edit: one("M4 20l1-5L16 4l4 4L9 19zM13.500 6.500l4 4"),
  more: one("M4 11.500h1v1H4zM11.500 11.500h1v1h-1zM19 11.500h1v1h-1z"),
  weight: [{ d: "M4 7h16v14H4z" }, { d: "M8 11a6 6 0 0 1 8 0l-2.500 2.500h-3z" }],
  qr: [{ d: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4z" }, { d: "M14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 19h1" }],
} as const satisfies Record<string, Stroke[]>;

export type IconName = keyof typeof ICONS;
