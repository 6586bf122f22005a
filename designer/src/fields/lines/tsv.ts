/** Rows and cells as spreadsheets put them on the clipboard: tabs and line ends, quotes around cells that hold them. */
export function readTable(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  const end = () => {
    rows.at(-1)?.push(cell)
    cell = ''
  }
  for (let i = 0; i < text.length; i++) {
    const ch = text[i]
    if (quoted) {
      if (ch !== '"') cell += ch
      else if (text[i + 1] === '"') cell += text[i++]
      else quoted = false
    } else if (ch === '"' && cell === '') quoted = true
    else if (ch === '\t') end()
    else if (ch === '\n') {
      end()
      rows.push([])
    } else if (ch !== '\r') cell += ch
  }
  end()
  if (rows.at(-1)?.every((c) => c === '')) rows.pop()
  return rows
}

/** Whether pasted text is a table: more than one cell. */
export function isTable(text: string): boolean {
  return /\t/.test(text) || /\r?\n./.test(text)
}
