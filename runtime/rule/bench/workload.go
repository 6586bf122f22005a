package main

import (
	"fmt"
	"math/rand/v2"
)

// order is one order before any engine's form.
type order struct {
	grade, channel, province, note, customer, warehouse string
	urgent                                              bool
	amount                                              int64
	lines                                               []orderLine
}

type orderLine struct {
	sku, brand, origin string
	qty                int64
}

// spec is one rule: what is empty is not asked.
type spec struct {
	grade, channel, province, customer, warehouse string
	urgent                                        bool
	amount                                        int64
	words                                         []string
	brand, origin                                 string
	skus                                          []string
	qty                                           int64
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

func makeOrders(n int) []order {
	r := rand.New(rand.NewPCG(1, 2))
	orders := make([]order, n)
	for i := range orders {
		o := &orders[i]
		*o = order{
			grade: pick(r, grades), channel: pick(r, channels), province: pick(r, provinces), warehouse: pick(r, warehouses),
			customer: fmt.Sprintf("c%04d", r.IntN(customers)), urgent: r.IntN(4) == 0, amount: int64(r.IntN(10_000)),
			note: pick(r, fillers) + "，" + pick(r, phrases) + "，" + pick(r, fillers) + "。",
		}
		for range 5 {
			o.lines = append(o.lines, orderLine{sku: fmt.Sprintf("sku-%05d", r.IntN(skus)), brand: pick(r, brands), origin: pick(r, origins), qty: int64(1 + r.IntN(4))})
		}
	}
	return orders
}

// makeRules follows the mix: 40 % grade, urgent and a line of a brand and
// origin; 20 % province, amount and channel; 20 % channel and words of the
// note; 10 % a line of six articles; 10 % customer, urgent and warehouse. Of
// 10,000 rules 80 % are about customers and articles.
func makeRules(n int) []spec {
	r := rand.New(rand.NewPCG(3, 4))
	rules := make([]spec, n)
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

func makeRule(r *rand.Rand, kind int) spec {
	switch {
	case kind < 4:
		return spec{grade: pick(r, grades), urgent: true, brand: pick(r, brands), origin: pick(r, origins)}
	case kind < 6:
		return spec{province: pick(r, provinces), amount: int64(r.IntN(8000)), channel: pick(r, channels)}
	case kind < 8:
		return spec{channel: pick(r, channels), words: []string{pick(r, phrases), pick(r, phrases), pick(r, phrases)}}
	case kind == 8:
		s := spec{qty: 2}
		for range 6 {
			s.skus = append(s.skus, fmt.Sprintf("sku-%05d", r.IntN(skus)))
		}
		return s
	}
	return spec{customer: fmt.Sprintf("c%04d", r.IntN(customers)), urgent: r.IntN(2) == 0, warehouse: pick(r, warehouses)}
}
