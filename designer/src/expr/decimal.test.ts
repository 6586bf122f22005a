// @vitest-environment node
import { describe, expect, test } from 'vitest'
import { add, cmp, type Dec, fixed, format, mod, mul, parse, parseExact, quo, round } from './decimal'

const d = (s: string) => parse(s) as Dec
const said = (x: Dec | null) => x && format(x)

describe('exact decimals', () => {
  test.each([
    ['0.1', '0.2', '0.3'],
    ['9999999999999999999', '-0.4', '9999999999999999999'],
    ['9999999999999999998', '0.5', '9999999999999999998'],
  ])('%s + %s = %s', (a, b, sum) => expect(said(add(d(a), d(b)))).toBe(sum))

  test('too large is nothing', () => {
    expect(add(d('9999999999999999999'), d('0.5'))).toBeNull()
    expect(mul(d('9999999999'), d('99999999999'))).toBeNull()
    expect(parse('12345678901234567890')).toBeNull()
  })

  test.each([
    ['1', '3', '0.3333333333333333333'],
    ['2', '3', '0.6666666666666666667'],
    ['10', '3', '3.333333333333333333'],
    ['1', '0', null],
  ])('%s / %s', (a, b, want) => expect(said(quo(d(a), d(b)))).toBe(want))

  test('the remainder has the sign of the divisor', () => {
    expect([mod(d('-7'), d('3')), mod(d('7'), d('-3')), mod(d('-6'), d('3')), mod(d('1'), d('0'))].map(said)).toEqual([
      '2',
      '-2',
      '0',
      null,
    ])
  })

  test.each([
    ['2.5', 0, '3', '2', '3'],
    ['-2.5', 0, '-3', '-2', '-2'],
    ['1250', -2, '1300', '1200', '1300'],
    ['0.05', 1, '0.1', '0', '0.1'],
  ])('rounding %s to %i: half away, half even, up', (s, n, away, even, ceil) => {
    expect(said(round(d(s), n, 'away'))).toBe(away)
    expect(said(round(d(s), n, 'even'))).toBe(even)
    expect(said(round(d(s), n, 'ceil'))).toBe(ceil)
  })

  test('reading', () => {
    expect(['1e3', '1.50', '-0', '.5', '5.', '+7', '', '.', 'x', '1e400'].map((s) => said(parse(s)))).toEqual([
      '1000',
      '1.5',
      '0',
      '0.5',
      '5',
      '7',
      null,
      null,
      null,
      null,
    ])
    expect(said(parse('0.12345678901234567895'))).toBe('0.123456789012345679')
    expect(parseExact('0.12345678901234567895')).toBeNull()
    expect(said(parseExact('1500e-2'))).toBe('15')
    expect(fixed(d('1.50'))).toBe('1.50')
    expect(cmp(d('1.50'), d('1.5'))).toBe(0)
  })
})
