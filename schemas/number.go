package schemas

// decimalText is a number taken apart: 0.d1d2…dn × 10^point, without zeros at
// either end; n is 0 for zero. It is exact for every number that the guard lets
// through, and needs no memory of its own.
type decimalText struct {
	neg    bool
	n      int
	point  int
	digits [maxNumber]byte
}

// parse reads a scanned number.
func (d *decimalText) parse(raw []byte) {
	d.neg, d.n, d.point = false, 0, 0
	i := 0
	if raw[0] == '-' {
		d.neg, i = true, 1
	}
	fraction := false
	for ; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '.':
			fraction = true
			continue
		case c == 'e' || c == 'E':
			d.point += exponentOf(raw[i+1:])
			i = len(raw)
			continue
		case c == '0' && d.n == 0:
			if fraction {
				d.point--
			}
			continue
		}
		d.digits[d.n] = c
		d.n++
		if !fraction {
			d.point++
		}
	}
	for d.n > 0 && d.digits[d.n-1] == '0' {
		d.n--
	}
	if d.n == 0 {
		d.neg, d.point = false, 0
	}
}

func exponentOf(raw []byte) int {
	neg, e := false, 0
	for _, c := range raw {
		switch c {
		case '-':
			neg = true
		case '+':
		default:
			e = e*10 + int(c-'0')
		}
	}
	if neg {
		return -e
	}
	return e
}

// lowest is the exponent of the last digit: the number is a multiple of 10^k if k ≤ lowest.
func (d *decimalText) lowest() int { return d.point - d.n }

// cmp compares two numbers: -1, 0 or 1.
func (d *decimalText) cmp(o *decimalText) int {
	if d.neg != o.neg {
		if d.neg {
			return -1
		}
		return 1
	}
	c := d.cmpSize(o)
	if d.neg {
		return -c
	}
	return c
}

func (d *decimalText) cmpSize(o *decimalText) int {
	switch {
	case d.n == 0 || o.n == 0:
		return sign(d.n - o.n)
	case d.point != o.point:
		return sign(d.point - o.point)
	}
	for i := range min(d.n, o.n) {
		if d.digits[i] != o.digits[i] {
			return sign(int(d.digits[i]) - int(o.digits[i]))
		}
	}
	return sign(d.n - o.n)
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	default:
		return 0
	}
}

// powerOfTen returns k when the number is 10^k.
func powerOfTen(number string) (k int, ok bool) {
	if end, bad := lexNumber([]byte(number), 0); bad != fine || end != len(number) {
		return 0, false
	}
	var d decimalText
	d.parse([]byte(number))
	if d.neg || d.n != 1 || d.digits[0] != '1' {
		return 0, false
	}
	return d.lowest(), true
}
