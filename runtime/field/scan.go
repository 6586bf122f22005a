package field

import "sluice/runtime/def"

// scanField is a text read by a scanner: a bar code, a QR code, a batch number.
type scanField struct{ single }

func (scanField) Schema(f *def.Field) map[string]any { return stringSchema(f, MaxScan) }
