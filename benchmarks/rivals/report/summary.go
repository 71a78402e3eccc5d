package main

import (
	"fmt"
	"strings"
)

// losses is the first paragraph: where the best mutex map is faster, and which
// targets are missed.
func (r *report) losses() string {
	var lost, missed cellList
	for _, v := range r.verdicts {
		if v.lost() {
			lost.add(v, "%.2f", v.ratio)
		}
		if !v.met() {
			missed.add(v, "%.2f, target %.2f", v.ratio, v.target.ratio[v.procs])
		}
	}
	cells := len(r.verdicts)
	var s strings.Builder
	if lost.n == 0 {
		fmt.Fprintf(&s, "pbuf is slower than the best mutex map in none of %d cells. ", cells)
	} else {
		fmt.Fprintf(&s, "**pbuf loses to the best mutex map in %d of %d cells** (time ratio, above 1 is slower): %v. ", lost.n, cells, &lost)
	}
	if missed.n == 0 {
		s.WriteString("No target is missed.")
	} else {
		fmt.Fprintf(&s, "It misses the target in %d: %v.", missed.n, &missed)
	}
	if failed := r.failedClaims(); len(failed) > 0 {
		fmt.Fprintf(&s, " Not met either: %s.", strings.Join(failed, "; "))
	}
	return s.String()
}

func (r *report) failedClaims() (failed []string) {
	for _, c := range r.claims {
		if !c.met {
			failed = append(failed, fmt.Sprintf("%s (%s)", c.what, c.found))
		}
	}
	return failed
}

// againstLiteral says what the design gains over the shape taken word for word.
func (r *report) againstLiteral() string {
	var ratios []float64
	var lost cellList
	for _, v := range r.verdicts {
		ratio := v.ours / v.literal
		ratios = append(ratios, ratio)
		if ratio > 1 {
			lost.add(v, "%.2f", ratio)
		}
	}
	s := fmt.Sprintf("Against `literal`, the shape that pbuf was asked for word for word, the median of the time ratios is %.2f; pbuf is slower in %d of %d cells",
		median(ratios), lost.n, len(ratios))
	if lost.n > 0 {
		s += ": " + lost.String()
	}
	return s + "."
}

// cellList is cells in a sentence, those of one target together.
type cellList struct {
	n    int
	last string
	text strings.Builder
}

func (l *cellList) add(v verdict, format string, args ...any) {
	switch {
	case v.title == l.last:
		l.text.WriteString(", ")
	case l.n > 0:
		l.text.WriteString("; ")
		fallthrough
	default:
		l.text.WriteString(v.title + " at GOMAXPROCS ")
	}
	fmt.Fprintf(&l.text, "%d (", v.procs)
	fmt.Fprintf(&l.text, format+")", args...)
	l.n, l.last = l.n+1, v.title
}

func (l *cellList) String() string { return l.text.String() }
