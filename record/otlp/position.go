package otlp

// Position is a place in a batch where text can stand. Its String begins the
// paths of findings.
type Position uint8

const (
	Body Position = iota
	Attributes
	SeverityText
	EventName // of a log record
	ResourceAttributes
	ResourceEntity
	ScopeName
	ScopeVersion
	ScopeAttributes
	SchemaURL
	SpanName
	StatusMessage
	TraceState
	SpanEventName
	SpanEventAttributes
	LinkTraceState
	LinkAttributes
	MetricName
	MetricDescription
	MetricUnit
	MetricMetadata
	DataPointAttributes
	ExemplarAttributes
	StringTable
	AttributeTable
	PayloadFormat
	Payload

	positions = iota
)

var positionNames = [positions]string{
	"body", "attributes", "severity_text", "event_name",
	"resource.attributes", "resource.entity_refs",
	"scope.name", "scope.version", "scope.attributes", "schema_url",
	"name", "status.message", "trace_state",
	"events.name", "events.attributes", "links.trace_state", "links.attributes",
	"metric.name", "metric.description", "metric.unit", "metric.metadata",
	"datapoints.attributes", "exemplars.attributes",
	"string_table", "attribute_table", "original_payload_format", "original_payload",
}

func (p Position) String() string { return positionNames[p] }

// identifies reports whether series are told apart by what stands at p.
func (p Position) identifies() bool { return p == MetricName || p == DataPointAttributes }
