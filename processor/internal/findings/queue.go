package findings

import (
	"errors"
	"fmt"
	"time"
)

// maxQueue bounds what findings may take of the memory: some 2 KB each, or 100 MB.
const maxQueue = 50_000

// CheckQueue checks the settings of components that have an Emitter. Errors name the
// setting.
func CheckQueue(size, batch int, flush, retry time.Duration) error {
	switch {
	case size < 1 || size > maxQueue:
		return fmt.Errorf("queue_size: want 1 to %d", maxQueue)
	case batch < 1 || batch > size:
		return errors.New("batch_size: want at least 1 and at most queue_size")
	case flush < 0 || retry < 0:
		return errors.New("flush_interval and retry_for must not be negative")
	}
	return nil
}
