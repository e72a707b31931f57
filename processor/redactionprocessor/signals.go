package redactionprocessor

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/stanch/stanch/record/otlp"
)

func (w *worker) logs(ld plog.Logs) {
	for i := range ld.ResourceLogs().Len() {
		rl := ld.ResourceLogs().At(i)
		w.attributes(rl.Resource().Attributes(), otlp.ResourceAttributes)
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			w.attributes(sl.Scope().Attributes(), otlp.ScopeAttributes)
			for k := range sl.LogRecords().Len() {
				r := sl.LogRecords().At(k)
				w.attributes(r.Attributes(), otlp.Attributes)
				w.body(r.Body(), r.Attributes())
			}
		}
	}
}

func (w *worker) traces(td ptrace.Traces) {
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		w.attributes(rs.Resource().Attributes(), otlp.ResourceAttributes)
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			w.attributes(ss.Scope().Attributes(), otlp.ScopeAttributes)
			for k := range ss.Spans().Len() {
				w.span(ss.Spans().At(k))
			}
		}
	}
}

func (w *worker) span(s ptrace.Span) {
	w.attributes(s.Attributes(), otlp.Attributes)
	for i := range s.Events().Len() {
		w.attributes(s.Events().At(i).Attributes(), otlp.SpanEventAttributes)
	}
	for i := range s.Links().Len() {
		w.attributes(s.Links().At(i).Attributes(), otlp.LinkAttributes)
	}
	if w.p.url == nil && w.p.db == nil || w.isAllowed(s.Name()) {
		return
	}
	name, ok := w.p.url.spanName(s)
	if !ok {
		name, ok = w.p.db.spanName(s)
	}
	if ok && name != "" && name != "..." {
		s.SetName(name)
	}
}

func (w *worker) metrics(md pmetric.Metrics) {
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		w.attributes(rm.Resource().Attributes(), otlp.ResourceAttributes)
		for j := range rm.ScopeMetrics().Len() {
			sm := rm.ScopeMetrics().At(j)
			w.attributes(sm.Scope().Attributes(), otlp.ScopeAttributes)
			for k := range sm.Metrics().Len() {
				w.metric(sm.Metrics().At(k))
			}
		}
	}
}

func (w *worker) metric(m pmetric.Metric) {
	w.pos = otlp.MetricMetadata
	m.Metadata().Range(func(k string, v pcommon.Value) bool {
		// Exporters rely on its keys.
		w.nested(k, v, 0)
		return true
	})
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		w.numbers(m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		w.numbers(m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for i := range m.Histogram().DataPoints().Len() {
			d := m.Histogram().DataPoints().At(i)
			w.attributes(d.Attributes(), otlp.DataPointAttributes)
			w.exemplars(d.Exemplars())
		}
	case pmetric.MetricTypeExponentialHistogram:
		for i := range m.ExponentialHistogram().DataPoints().Len() {
			d := m.ExponentialHistogram().DataPoints().At(i)
			w.attributes(d.Attributes(), otlp.DataPointAttributes)
			w.exemplars(d.Exemplars())
		}
	case pmetric.MetricTypeSummary:
		for i := range m.Summary().DataPoints().Len() {
			w.attributes(m.Summary().DataPoints().At(i).Attributes(), otlp.DataPointAttributes)
		}
	}
}

func (w *worker) numbers(list pmetric.NumberDataPointSlice) {
	for i := range list.Len() {
		w.attributes(list.At(i).Attributes(), otlp.DataPointAttributes)
		w.exemplars(list.At(i).Exemplars())
	}
}

func (w *worker) exemplars(list pmetric.ExemplarSlice) {
	for i := range list.Len() {
		w.attributes(list.At(i).FilteredAttributes(), otlp.ExemplarAttributes)
	}
}
