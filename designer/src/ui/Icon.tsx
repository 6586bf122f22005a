// Icons drawn on a 20 px grid with 1.6 px strokes. Decorative: the text beside them, or aria-label of the button, speaks.
const paths = {
  board: 'M3.5 4h3.500v12h-3.500zM8.500 4h3.500v8h-3.500zM13.500 4h3.500v10h-3.500z',
  list: 'M7 5.500h10M7 10h10M7 14.500h10M3.500 5.500h.01M3.500 10h.01M3.500 14.500h.01',
  form: 'M5 3h10v14H5zM8 7h4M8 10h4M8 13h2',
  rule: 'M4 5.500h4.500M4 14.500h4.500M8.500 5.500c4 0 1.500 9 0 9M11.500 10H17M14.500 7.500 17 10l-2.500 2.500',
  home: 'M3.500 9 10 3.500 16.500 9v7.500h-4.500v-4.500H8v4.500H3.500z',
  bell: 'M5 13.500V9a5 5 0 0 1 10 0v4.500l1.500 1.500h-13zM8.500 17.500h3',
  user: 'M10 10.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM3.500 17.500c.8-3 3.300-4.500 6.500-4.500s5.700 1.500 6.500 4.500',
  plus: 'M10 4v12M4 10h12',
  minus: 'M4 10h12',
  check: 'm4 10.500 4 4 8-9',
  close: 'm5 5 10 10M15 5 5 15',
  search: 'M9 14.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM13 13l4 4',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  move: 'M3.500 10h12M11 5.500l4.500 4.500-4.500 4.500',
  back: 'M16.500 10h-12M9 5.500 4.500 10 9 14.500',
  up: 'm5 12.500 5-5 5 5',
  down: 'm5 7.500 5 5 5-5',
  left: 'm12.500 5-5 5 5 5',
  right: 'm7.500 5 5 5-5 5',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.200l2.800 1.800',
  warn: 'M10 3.500 17.500 16.500h-15zM10 8.500v3.500M10 14.300h.01',
  scan: 'M3.500 7V3.500H7M13 3.500h3.500V7M16.500 13v3.500H13M7 16.500H3.500V13M6.500 7v6M9 7v6M11 7v6M13.500 7v6',
  sun: 'M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100',
  moon: 'M16.500 11.500A7 7 0 0 1 8.500 3.500a7 7 0 1 0 8 8z',
  auto: 'M3 4h14v9.500H3zM7 17h6M10 13.500V17',
  globe: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM3 10h14M10 3c5 4.500 5 9.500 0 14M10 3c-5 4.500-5 9.500 0 14',
  out: 'M8 3.500H4v13h4M8.500 10h8.500M13.500 6.500 17 10l-3.500 3.500',
  edit: 'm4 16 .8-3.500L13.500 4l2.500 2.500-8.500 8.700z',
  trash: 'M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.7 11h7.600l.7-11M8.500 8.500v5M11.500 8.500v5',
  file: 'M5 3h6.500L15 6.500V17H5zM11.500 3v3.500H15',
  history: 'M3.500 10a6.500 6.500 0 1 0 2-4.700L3.500 7M3.500 3.500V7H7M10 6.500V10l2.500 1.500',
  lock: 'M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  drag: 'M7.500 5h.01M12.500 5h.01M7.500 10h.01M12.500 10h.01M7.500 15h.01M12.500 15h.01',
  copy: 'M7 7h9.500v9.500H7zM13 7V3.500H3.500V13H7',
  play: 'M6 4v12l10-6z',
  send: 'm3 10 14-6.500-4.500 14L9.500 12z',
  comment: 'M3.500 4h13v9.500H9L5.500 16.500v-3h-2z',
  refresh: 'M16.500 10a6.500 6.500 0 1 1-2-4.700l2 1.700M16.500 3.500V7H13',
  offline:
    'M3 3l14 14M2.500 8.500a11 11 0 0 1 3.500-2.300M9 5a11 11 0 0 1 8.500 3.500M5.500 11.500A7 7 0 0 1 8.300 9.800M12.500 10.200c.7.300 1.400.800 2 1.300M10 15.500h.01',
} as const

export type IconName = keyof typeof paths

/** `<Icon name="plus" />`; size in px, 20 by default; colour is the text's. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth={name === 'more' || name === 'drag' ? 2.4 : 1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
