// Package workload is the orders and rules on which rule engines are compared: by
// the product itself, and beside other engines in the module next door.
package workload

import (
	"fmt"
	"math/rand/v2"
)

// Order is one order before any engine's form.
type Order struct {
	Grade, Channel, Province, Note, Customer, Warehouse string
	Urgent                                              bool
	Amount                                              int64
	Lines                                               []Line
}

// Line is one line of an order.
type Line struct {
	Sku, Brand, Origin string
	Qty                int64
}

// Spec is one rule: what is empty is not asked.
type Spec struct {
	Grade, Channel, Province, Customer, Warehouse string
	Urgent                                        bool
	Amount                                        int64
	Words                                         []string
	Brand, Origin                                 string
	Skus                                          []string
	Qty                                           int64
}

const customers, skus = 327, 2000

var (
	grades     = []string{"svip", "vip", "gold", "silver", "normal"}
	channels   = []string{"web", "app", "wechat", "phone", "edi"}
	origins    = []string{"oem", "brand", "aftermarket", "rebuilt"}
	warehouses = []string{"nb", "jx", "gz", "cd"}
	provinces  = numbered("省份", 31)
	brands     = numbered("brand", 40)
	phrases    = []string{"易碎", "加急", "冷链", "发票", "周末", "送货上门", "自提", "到付", "保价", "勿压", "防潮", "夜间", "电联", "礼品", "试用", "返修", "质检", "拆箱", "验货", "同城"}
	fillers    = []string{"请尽快安排", "客户要求", "按合同执行", "注意包装", "联系采购", "放门卫", "第二批", "和上次一样"}
)

func numbered(name string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s%02d", name, i)
	}
	return out
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// Orders returns n orders, the same at every call.
func Orders(n int) []Order {
	r := rand.New(rand.NewPCG(1, 2))
	orders := make([]Order, n)
	for i := range orders {
		o := &orders[i]
		*o = Order{
			Grade: pick(r, grades), Channel: pick(r, channels), Province: pick(r, provinces), Warehouse: pick(r, warehouses),
			Customer: fmt.Sprintf("c%04d", r.IntN(customers)), Urgent: r.IntN(4) == 0, Amount: int64(r.IntN(10_000)),
			Note: pick(r, fillers) + "，" + pick(r, phrases) + "，" + pick(r, fillers) + "。",
		}
		for range 5 {
			o.Lines = append(o.Lines, Line{Sku: fmt.Sprintf("sku-%05d", r.IntN(skus)), Brand: pick(r, brands), Origin: pick(r, origins), Qty: int64(1 + r.IntN(4))})
		}
	}
	return orders
}

// Rules follows the mix: 40 % grade, urgent and a line of a brand and
// origin; 20 % province, amount and channel; 20 % channel and words of the
// note; 10 % a line of six articles; 10 % customer, urgent and warehouse. Of
// 10,000 rules 80 % are about customers and articles.
func Rules(n int) []Spec {
	r := rand.New(rand.NewPCG(3, 4))
	rules := make([]Spec, n)
	for i := range rules {
		kind := r.IntN(10)
		if n == 2 {
			kind = 0 // the two routing rules of the story
		}
		if n >= 10_000 && i%5 != 0 {
			kind = 8 + r.IntN(2)
		}
		rules[i] = makeRule(r, kind)
	}
	return rules
}

func makeRule(r *rand.Rand, kind int) Spec {
	switch {
	case kind < 4:
		return Spec{Grade: pick(r, grades), Urgent: true, Brand: pick(r, brands), Origin: pick(r, origins)}
	case kind < 6:
		return Spec{Province: pick(r, provinces), Amount: int64(r.IntN(8000)), Channel: pick(r, channels)}
	case kind < 8:
		return Spec{Channel: pick(r, channels), Words: []string{pick(r, phrases), pick(r, phrases), pick(r, phrases)}}
	case kind == 8:
		s := Spec{Qty: 2}
		for range 6 {
			s.Skus = append(s.Skus, fmt.Sprintf("sku-%05d", r.IntN(skus)))
		}
		return s
	}
	return Spec{Customer: fmt.Sprintf("c%04d", r.IntN(customers)), Urgent: r.IntN(2) == 0, Warehouse: pick(r, warehouses)}
}
