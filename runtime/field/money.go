package field

import (
	"sluice/runtime/def"
	"sluice/runtime/fact"
)

// moneyField is an amount in one currency.
type moneyField struct{ single }

func (moneyField) Schema(f *def.Field) map[string]any {
	return numberSchema(f, CurrencyScale(f.Currency))
}

func (t moneyField) Slots(f *def.Field) []fact.Slot {
	return []fact.Slot{{Path: f.ID, Kind: t.kind, Unit: f.Currency, Name: f.Name}}
}

// CurrencyScale returns how many digits after the point a currency has (the
// minor unit of ISO 4217): 2 unless it is known to be another.
func CurrencyScale(code string) int {
	switch code {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	default:
		return 2
	}
}

// ResultScale returns how many digits after the point a computed field keeps,
// or -1 for as many as there are.
func ResultScale(f *def.Field) int {
	switch {
	case f.Result == def.TypeInteger:
		return 0
	case f.Scale != nil:
		return *f.Scale
	case f.Result == def.TypeMoney:
		return CurrencyScale(f.Currency)
	default:
		return -1
	}
}
