package otlp

import "go.opentelemetry.io/collector/pdata/pmetric"

func (w *worker) metrics(md pmetric.Metrics) {
	number := int32(0)
	rms := md.ResourceMetrics()
	for i := range rms.Len() {
		rm := rms.At(i)
		if !w.o.Detect {
			legacyMetrics.move(behind(&rm))
		}
		w.enter(rm.Resource())
		w.text(SchemaURL, rm.SchemaUrl(), rm.SetSchemaUrl)
		for j := range rm.ScopeMetrics().Len() {
			sm := rm.ScopeMetrics().At(j)
			w.scope(sm.Scope())
			w.text(SchemaURL, sm.SchemaUrl(), sm.SetSchemaUrl)
			for k := range sm.Metrics().Len() {
				w.record = -1
				number = w.metric(sm.Metrics().At(k), number)
			}
		}
	}
	w.finish()
	if len(w.dropped) == 0 {
		return
	}
	gone := w.gone()
	for i := range rms.Len() {
		for j := range rms.At(i).ScopeMetrics().Len() {
			ms := rms.At(i).ScopeMetrics().At(j).Metrics()
			for k := range ms.Len() {
				removePoints(ms.At(k), gone)
			}
		}
	}
}

// metric visits a metric whose first data point has that number, and returns
// that of the next metric's.
func (w *worker) metric(m pmetric.Metric, number int32) int32 {
	w.text(MetricName, m.Name(), m.SetName)
	w.text(MetricDescription, m.Description(), m.SetDescription)
	w.text(MetricUnit, m.Unit(), m.SetUnit)
	w.attributes(MetricMetadata, m.Metadata())
	next := func() {
		w.record = number
		number++
	}
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		w.numberPoints(m.Gauge().DataPoints(), next)
	case pmetric.MetricTypeSum:
		w.numberPoints(m.Sum().DataPoints(), next)
	case pmetric.MetricTypeHistogram:
		points := m.Histogram().DataPoints()
		for i := range points.Len() {
			next()
			w.attributes(DataPointAttributes, points.At(i).Attributes())
			w.exemplars(points.At(i).Exemplars())
		}
	case pmetric.MetricTypeExponentialHistogram:
		points := m.ExponentialHistogram().DataPoints()
		for i := range points.Len() {
			next()
			w.attributes(DataPointAttributes, points.At(i).Attributes())
			w.exemplars(points.At(i).Exemplars())
		}
	case pmetric.MetricTypeSummary:
		points := m.Summary().DataPoints()
		for i := range points.Len() {
			next()
			w.attributes(DataPointAttributes, points.At(i).Attributes())
		}
	}
	return number
}

func (w *worker) numberPoints(points pmetric.NumberDataPointSlice, next func()) {
	for i := range points.Len() {
		next()
		p := points.At(i)
		w.attributes(DataPointAttributes, p.Attributes())
		w.exemplars(p.Exemplars())
	}
}

func (w *worker) exemplars(list pmetric.ExemplarSlice) {
	for i := range list.Len() {
		w.attributes(ExemplarAttributes, list.At(i).FilteredAttributes())
	}
}

// removePoints removes the data points of a metric that go.
func removePoints(m pmetric.Metric, gone func() bool) {
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		m.Gauge().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return gone() })
	case pmetric.MetricTypeSum:
		m.Sum().DataPoints().RemoveIf(func(pmetric.NumberDataPoint) bool { return gone() })
	case pmetric.MetricTypeHistogram:
		m.Histogram().DataPoints().RemoveIf(func(pmetric.HistogramDataPoint) bool { return gone() })
	case pmetric.MetricTypeExponentialHistogram:
		m.ExponentialHistogram().DataPoints().RemoveIf(func(pmetric.ExponentialHistogramDataPoint) bool { return gone() })
	case pmetric.MetricTypeSummary:
		m.Summary().DataPoints().RemoveIf(func(pmetric.SummaryDataPoint) bool { return gone() })
	}
}
