package otlp

import (
	"reflect"
	"unsafe"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// legacy is a field that batches of before OTLP 0.15 have in the place of another:
// number 1000, deprecated_scope_logs and the like. pdata's own decoders of OTLP
// requests move what is in it, those of plain batches leave it there, out of
// reach of pdata's methods, and encode it again.
type legacy struct {
	from, to uintptr // in the message; from is 0 where there is no such field
}

var (
	legacyLogs    = legacyOf(reflect.TypeFor[plog.ResourceLogs](), "ScopeLogs")
	legacySpans   = legacyOf(reflect.TypeFor[ptrace.ResourceSpans](), "ScopeSpans")
	legacyMetrics = legacyOf(reflect.TypeFor[pmetric.ResourceMetrics](), "ScopeMetrics")
)

// legacyOf finds the field in the message behind a type of pdata, a structure whose
// first field points to it.
func legacyOf(pdata reflect.Type, name string) legacy {
	if pdata.Kind() != reflect.Struct || pdata.NumField() == 0 || pdata.Field(0).Type.Kind() != reflect.Pointer {
		return legacy{}
	}
	message := pdata.Field(0).Type.Elem()
	from, ok := message.FieldByName("Deprecated" + name)
	to, also := message.FieldByName(name)
	if !ok || !also || from.Type != to.Type || from.Type.Kind() != reflect.Slice || from.Type.Elem().Kind() != reflect.Pointer {
		return legacy{}
	}
	return legacy{from.Offset, to.Offset}
}

// move empties the field, as pdata's decoders do: into the one of today if that
// is empty.
func (l legacy) move(message unsafe.Pointer) {
	if l.from == 0 {
		return
	}
	from := (*[]unsafe.Pointer)(unsafe.Add(message, l.from))
	if len(*from) == 0 {
		return
	}
	if to := (*[]unsafe.Pointer)(unsafe.Add(message, l.to)); len(*to) == 0 {
		*to = *from
	}
	*from = nil
}

// behind returns the message behind a value of pdata, its first field.
func behind[T plog.ResourceLogs | ptrace.ResourceSpans | pmetric.ResourceMetrics](v *T) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(v))
}
