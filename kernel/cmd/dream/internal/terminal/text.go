package terminal

import (
	"fmt"
	"time"
)

// Count is "1 step", "2 steps", "2 tries".
func Count(n int, what string) string {
	switch {
	case n == 1:
	case what == "try":
		what = "tries"
	default:
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// Bytes is an amount of bytes in MB or GB.
func Bytes(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}

// Duration is a time in the largest units that say enough: "1.25s", "3m10s", "4.2 days".
func Duration(seconds float64) string {
	const day = 24 * 60 * 60
	d := time.Duration(min(seconds, 2*day) * float64(time.Second))
	switch {
	case seconds >= 2*day:
		return fmt.Sprintf("%.3g days", seconds/day)
	case seconds < 10:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
