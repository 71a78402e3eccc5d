package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var counted = regexp.MustCompile(`^(\d+) (.+)$`)

// sum makes one line of what several tests explored: numbers of the same thing
// are added up, all else is kept.
func sum(explored []string) string {
	var order []string
	counts := map[string]int{}
	for _, line := range explored {
		for part := range strings.SplitSeq(line, ", ") {
			m := counted.FindStringSubmatch(part)
			if m == nil {
				order = append(order, part)
				continue
			}
			n, err := strconv.Atoi(m[1])
			if err != nil {
				order = append(order, part)
				continue
			}
			if _, ok := counts[m[2]]; !ok {
				order = append(order, m[2])
			}
			counts[m[2]] += n
		}
	}
	for i, what := range order {
		if n, ok := counts[what]; ok {
			order[i] = fmt.Sprint(n, " ", what)
		}
	}
	return strings.Join(order, ", ")
}
