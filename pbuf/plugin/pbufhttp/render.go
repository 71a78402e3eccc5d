package pbufhttp

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"time"
)

// html/template escapes names and errors for the place that they stand in.
var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"count":   count,
	"seconds": seconds,
	"sizes":   sizes,
	"bar":     bar,
}).ParseFS(assets, "assets/page.html"))

func clock(t time.Time) string { return t.Format("15:04:05") }

// The functions below write numbers as assets/format.js does.

// count writes an integer with commas.
func count(n any) string {
	s := fmt.Sprint(n)
	from := 0
	if s[0] == '-' {
		from = 1
	}
	for i := len(s) - 3; i > from; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short writes three significant digits.
func short(f float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(f, 'e', 2, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

func seconds(s float64) string {
	whole := int64(math.Floor(s))
	switch {
	case s <= 0:
		return "0 s"
	case s < 1e-3:
		return short(s*1e6) + " µs"
	case s < 1:
		return short(s*1e3) + " ms"
	case s < 60:
		return short(s) + " s"
	case s < 3600:
		return pair(whole, 60, "min", 1, "s")
	case s < 172800:
		return pair(whole, 3600, "h", 60, "min")
	}
	return pair(whole, 86400, "d", 3600, "h")
}

// pair writes seconds in a large unit and, if something is left, in a small one.
func pair(s, large int64, largeName string, small int64, smallName string) string {
	text := fmt.Sprintf("%d %s", s/large, largeName)
	if rest := s % large / small; rest > 0 {
		text += fmt.Sprintf(" %d %s", rest, smallName)
	}
	return text
}

func bytesText(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f := float64(n) / 1024
	unit := 0
	for f >= 1024 && unit < 5 {
		f /= 1024
		unit++
	}
	return short(f) + " " + []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}[unit]
}

// sizes are those that count for MaxBytes; nothing without it.
func sizes(n int64) string {
	if n <= 0 {
		return ""
	}
	return bytesText(n) + " held"
}

// bar is the width, of 100, of a partition's bar beside the largest one's.
func bar(n, largest int) string {
	return strconv.FormatFloat(100*float64(n)/float64(max(1, largest)), 'f', 2, 64)
}
