package findings

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/stanch/stanch/finding"
	"github.com/stanch/stanch/internal/findinglog"
)

// Logs returns findings as log records of a hub, with the attributes of resource.
func Logs(h *Hub, resource pcommon.Resource, list []finding.Finding) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	resource.CopyTo(rl.Resource())
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(findinglog.ScopeName)
	h.Mark(sl.Scope())
	sl.LogRecords().EnsureCapacity(len(list))
	now := time.Now()
	for i := range list {
		findinglog.Fill(sl.LogRecords().AppendEmpty(), &list[i], now)
	}
	return ld
}
