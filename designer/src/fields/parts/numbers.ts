import { format, parse } from '../../expr/decimal'

/** Full-width digits and signs, as Chinese keyboards type them, in ASCII; spaces, currency signs and thousands commas go. */
export function asciiNumber(text: string): string {
  return text
    .replace(/[０-９．，－＋]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\s¥￥$€£]/g, '')
    .replace(/,(?=\d{3}(\D|$))/g, '')
}

/** Reads a number; what is none, or would lose digits in JSON, comes back as the text for the check to name. */
export function readNumber(text: string): number | string | null {
  const t = asciiNumber(text)
  if (t === '') return null
  const d = parse(t)
  if (!d) return text.trim()
  const n = Number(t)
  const back = parse(String(n))
  return back && format(back) === format(d) ? n : text.trim()
}

/** Digits in groups of three; more places than given are kept, fewer are filled up. */
export function groupDigits(value: number | string, places = 0): string {
  const d = parse(String(value))
  if (!d) return String(value)
  const [whole = '', part = ''] = format(d).split('.')
  const sign = whole.startsWith('-') ? '-' : ''
  const grouped = whole.replace('-', '').replace(/\B(?=(\d{3})+$)/g, ',')
  const filled = part.padEnd(places, '0')
  return sign + grouped + (filled ? `.${filled}` : '')
}

const signs: Record<string, string> = {
  CNY: '¥',
  USD: 'US$',
  EUR: '€',
  JPY: 'JP¥',
  GBP: '£',
  HKD: 'HK$',
  TWD: 'NT$',
  KRW: '₩',
}

/** The sign of a currency, else its code and a space. */
export function currencySign(code: string): string {
  return signs[code] ?? `${code} `
}

/** An amount with its currency: "¥1,280.50". */
export function moneyText(value: number | string, currency: string, scale?: number): string {
  const places = scale ?? (currency === 'JPY' || currency === 'KRW' ? 0 : 2)
  const t = groupDigits(value, places)
  return t.startsWith('-') ? `-${currencySign(currency)}${t.slice(1)}` : currencySign(currency) + t
}
