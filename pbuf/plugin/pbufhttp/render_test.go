package pbufhttp

import "testing"

// browsertest runs the same table through assets/format.js.
func TestNumbersAsText(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{count(0), "0"},
		{count(999), "999"},
		{count(1000), "1,000"},
		{count(-1234567), "-1,234,567"},
		{count(-100), "-100"},
		{seconds(0), "0 s"},
		{seconds(-1), "0 s"},
		{seconds(0.0000123), "12.3 µs"},
		{seconds(0.0456789), "45.7 ms"},
		{seconds(5), "5 s"},
		{seconds(59.99), "60 s"},
		{seconds(60), "1 min"},
		{seconds(125.7), "2 min 5 s"},
		{seconds(3600 + 120), "1 h 2 min"},
		{seconds(3*86400 + 7200), "3 d 2 h"},
		{bytesText(0), "0 B"},
		{bytesText(1023), "1023 B"},
		{bytesText(1536), "1.5 KiB"},
		{bytesText(1 << 62), "4 EiB"},
		{sizes(0), ""},
		{sizes(1536), "1.5 KiB held"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
