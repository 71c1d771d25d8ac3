package trace

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// atoi is 0 for what is no number.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
