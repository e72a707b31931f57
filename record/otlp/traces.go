package otlp

import "go.opentelemetry.io/collector/pdata/ptrace"

func (w *worker) traces(td ptrace.Traces) {
	number := int32(0)
	rss := td.ResourceSpans()
	for i := range rss.Len() {
		rs := rss.At(i)
		if !w.o.Detect {
			legacySpans.move(behind(&rs))
		}
		w.enter(rs.Resource())
		w.text(SchemaURL, rs.SchemaUrl(), rs.SetSchemaUrl)
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			w.scope(ss.Scope())
			w.text(SchemaURL, ss.SchemaUrl(), ss.SetSchemaUrl)
			spans := ss.Spans()
			for k := range spans.Len() {
				w.record = number
				number++
				w.span(spans.At(k))
			}
		}
	}
	w.finish()
	if len(w.dropped) == 0 {
		return
	}
	gone := w.gone()
	for i := range rss.Len() {
		for j := range rss.At(i).ScopeSpans().Len() {
			rss.At(i).ScopeSpans().At(j).Spans().RemoveIf(func(ptrace.Span) bool { return gone() })
		}
	}
}

func (w *worker) span(s ptrace.Span) {
	w.text(SpanName, s.Name(), s.SetName)
	w.traceState(TraceState, s.TraceState())
	status := s.Status()
	w.text(StatusMessage, status.Message(), status.SetMessage)
	w.attributes(Attributes, s.Attributes())
	events := s.Events()
	for i := range events.Len() {
		e := events.At(i)
		w.text(SpanEventName, e.Name(), e.SetName)
		w.attributes(SpanEventAttributes, e.Attributes())
	}
	links := s.Links()
	for i := range links.Len() {
		l := links.At(i)
		w.traceState(LinkTraceState, l.TraceState())
		w.attributes(LinkAttributes, l.Attributes())
	}
}
