package form_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"sluice/runtime/fact"
	"sluice/runtime/form"
)

// benchForm is an order as a distributor of car parts takes it.
const benchForm = `{"formatVersion":1,"kind":"form","id":"sale","name":{"zh":"订单","en":"Order"},
"fields":[
 {"id":"no","type":"serial","name":{"zh":"单号","en":"No"},"prefix":"SO{yyyy}{mm}-","digits":6,"reset":"month"},
 {"id":"customer","type":"text","name":{"zh":"客户","en":"Customer"},"required":true,"maxLength":100},
 {"id":"grade","type":"select","name":{"zh":"等级","en":"Grade"},"options":[{"id":"a","name":{"zh":"A"}},{"id":"b","name":{"zh":"B"}},{"id":"c","name":{"zh":"C"}}],"default":"c"},
 {"id":"channel","type":"select","name":{"zh":"渠道","en":"Channel"},"required":true,"options":[{"id":"wechat","name":{"zh":"微信"}},{"id":"phone","name":{"zh":"电话"}},{"id":"shop","name":{"zh":"网店"}}]},
 {"id":"urgency","type":"urgency","name":{"zh":"紧急","en":"Urgency"},"default":"green"},
 {"id":"phone","type":"phone","name":{"zh":"电话","en":"Phone"},"required":true},
 {"id":"address","type":"address","name":{"zh":"地址","en":"Address"},"required":true},
 {"id":"wanted","type":"date","name":{"zh":"交期","en":"Wanted"}},
 {"id":"placed","type":"datetime","name":{"zh":"下单","en":"Placed"},"defaultFormula":"NOW()"},
 {"id":"vin","type":"scan","name":{"zh":"车架号","en":"VIN"},"pattern":"[A-HJ-NPR-Z0-9]{17}"},
 {"id":"tags","type":"tags","name":{"zh":"标签","en":"Tags"}},
 {"id":"sales","type":"user","name":{"zh":"销售","en":"Sales"}},
 {"id":"invoice","type":"boolean","name":{"zh":"开票","en":"Invoice"}},
 {"id":"taxNo","type":"text","name":{"zh":"税号","en":"Tax no"},"visibleWhen":{"field":"invoice","operator":"=","value":true},"required":true,"pattern":"[0-9A-Z]{15,20}"},
 {"id":"discount","type":"number","name":{"zh":"折扣","en":"Discount"},"min":0,"max":100,"scale":1,"default":0},
 {"id":"freight","type":"money","name":{"zh":"运费","en":"Freight"},"min":0,"default":0},
 {"id":"remark","type":"longtext","name":{"zh":"备注","en":"Remark"}},
 {"id":"lines","type":"lines","name":{"zh":"明细","en":"Lines"},"required":true,"minRows":1,"maxRows":5000,"fields":[
  {"id":"sku","type":"text","name":{"zh":"编码","en":"SKU"},"required":true,"maxLength":40},
  {"id":"name","type":"text","name":{"zh":"名称","en":"Name"},"required":true,"maxLength":100},
  {"id":"brand","type":"select","name":{"zh":"品牌","en":"Brand"},"options":[{"id":"bosch","name":{"zh":"博世"}},{"id":"benz","name":{"zh":"奔驰"}},{"id":"valeo","name":{"zh":"法雷奥"}}]},
  {"id":"origin","type":"select","name":{"zh":"来源","en":"Origin"},"options":[{"id":"oem","name":{"zh":"原厂"}},{"id":"after","name":{"zh":"副厂"}}],"default":"after"},
  {"id":"qty","type":"integer","name":{"zh":"数量","en":"Qty"},"required":true,"min":1,"max":99999},
  {"id":"price","type":"money","name":{"zh":"单价","en":"Price"},"required":true,"min":0},
  {"id":"amount","type":"computed","name":{"zh":"金额","en":"Amount"},"formula":"qty * price","result":"money"}],
  "checks":[{"id":"free","holds":{"combinator":"or","rules":[{"field":"price","operator":">","value":0},{"field":"origin","operator":"=","value":"after"}]},"message":{"zh":"原厂件必须有价","en":"OEM parts have a price"}}]},
 {"id":"total","type":"computed","name":{"zh":"合计","en":"Total"},"formula":"SUM(lines.amount)","result":"money"},
 {"id":"count","type":"computed","name":{"zh":"件数","en":"Pieces"},"formula":"SUM(lines.qty)","result":"integer"},
 {"id":"payable","type":"computed","name":{"zh":"应付","en":"Payable"},"formula":"ROUND(total * (1 - discount / 100), 2) + freight","result":"money"}
],
"checks":[{"id":"wanted","holds":{"combinator":"or","rules":[{"field":"wanted","operator":"null"},{"field":"wanted","operator":">=","valueSource":"field","value":"placed"}]},"at":"wanted","message":{"zh":"交期太早","en":"Too early"}},
 {"id":"limit","formula":"payable <= 1000000","message":{"zh":"金额过大","en":"Too much"}}],
"indexes":[{"id":"customer","field":"customer"},{"id":"sku","field":"lines.sku"},{"id":"wanted","field":"wanted"},{"id":"payable","field":"payable"}],
"access":[{"role":"sales","create":true,"read":true,"edit":true},{"role":"picker","read":true,"hide":["total","payable"]}]}`

// benchOrder is an order of about 1.4 kB with the given number of lines.
func benchOrder(lines int) []byte {
	var b strings.Builder
	b.WriteString(`{"customer":"宁波北仑港汽车维修有限公司","grade":"a","channel":"wechat","urgency":"yellow","phone":"0574-87654321",` +
		`"address":{"province":"浙江省","city":"宁波市","district":"北仑区","street":"进港西路 88 号 3 幢","postcode":"315800","name":"收货组","phone":"13800138000"},` +
		`"wanted":"2026-03-18","placed":"2026-03-15T18:12:44+08:00","vin":"WDDHF8JB1CA123456","tags":["老客户","加急"],"sales":"0192f6c0-77aa-7000-8000-00000000000a",` +
		`"invoice":true,"taxNo":"91330206MA2AG12345","discount":2.5,"freight":15,"remark":"到货前一小时电话联系，走东门卸货，注意包装不要压。","lines":[`)
	for i := range lines {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku":"A%07d","name":"前制动片（一套四片）%d","brand":"bosch","origin":"oem","qty":%d,"price":%d.75}`, 1000000+i, i, i%9+1, 100+i%50)
	}
	b.WriteString("]}")
	return []byte(b.String())
}

func benchSetup(b *testing.B, lines int) (*form.Form, []byte, *fact.Env, *fact.Record) {
	b.Helper()
	f := compile(b, []byte(benchForm))
	in := benchOrder(lines)
	e := env(b)
	entry, problems := f.Submit(in, nil, e)
	require.Empty(b, problems)
	rec := &fact.Record{Form: "sale", ID: "r1", Rev: 1, Serial: 7, Created: e.Now, Updated: e.Now, Entered: e.Now, Data: entry.Data()}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	b.ResetTimer()
	return f, in, e, rec
}

func BenchmarkSubmit(b *testing.B) {
	for _, lines := range []int{1, 5, 100, 1400} {
		b.Run(fmt.Sprint(lines), func(b *testing.B) {
			f, in, e, _ := benchSetup(b, lines)
			for b.Loop() {
				if _, problems := f.Submit(in, nil, e); problems != nil {
					b.Fatal(problems)
				}
			}
		})
	}
}

func BenchmarkSubmitAndData(b *testing.B) {
	f, in, e, _ := benchSetup(b, 5)
	for b.Loop() {
		entry, problems := f.Submit(in, nil, e)
		if problems != nil {
			b.Fatal(problems)
		}
		entry.Data()
	}
}

func BenchmarkMerge(b *testing.B) {
	f, _, e, rec := benchSetup(b, 5)
	patch := []byte(`{"discount":5,"remark":null}`)
	for b.Loop() {
		if _, problems := f.Merge(rec, patch, nil, e); problems != nil {
			b.Fatal(problems)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	f, _, e, rec := benchSetup(b, 5)
	for b.Loop() {
		if _, err := f.Load(rec, e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	f, _, e, rec := benchSetup(b, 5)
	row, err := f.Load(rec, e)
	require.NoError(b, err)
	acc := f.Access(fact.Actor{Roles: []string{"picker"}})
	var buf []byte
	for b.Loop() {
		buf = f.Render(buf[:0], rec, row, acc)
	}
}

func BenchmarkRefuse(b *testing.B) {
	f, in, e, _ := benchSetup(b, 5)
	bad := []byte(strings.Replace(string(in), `"qty":1`, `"qty":0`, 1))
	for b.Loop() {
		if _, problems := f.Submit(bad, nil, e); problems == nil {
			b.Fatal("accepted")
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	d := decode(b, json.RawMessage(benchForm))
	for b.Loop() {
		if _, problems := form.Compile(d, nil); problems != nil {
			b.Fatal(problems)
		}
	}
}
