package browsertest

import (
	"fmt"
	"strings"
	"testing"
)

const number = `(name) => Number(document.querySelector('[data-v="total.' + name + '"]').textContent.replaceAll(",", ""))`

// The page follows a buffer under load, into an outage and out of it.
func TestPageFollowsBuffer(t *testing.T) {
	s := serve(t, "last-seen")
	p := open(t, s.url)

	p.until(`document.documentElement.classList.contains("live")`)
	p.until("(" + number + `)("delivered") > 500`)
	p.until(`parseFloat(document.querySelector('[data-rate="delivered"]').textContent) > 0`)
	p.until(`document.querySelectorAll("[data-chart=rates] .line").length === 3`)
	if state := value[string](p, `document.querySelector(".pill").textContent`); state != "buffering" && state != "flushing" && state != "idle" {
		t.Errorf("state is %q before the outage", state)
	}

	s.dead.Store(true)
	p.until(`document.querySelector(".pill").dataset.state !== "buffering" && document.querySelector(".error").dataset.failing === "true"`)
	p.until(`[...document.querySelectorAll("td[data-v$=backing_off_until]")].some((cell) => /^\d\d:\d\d:\d\d$/.test(cell.textContent))`)
	p.until("(" + number + `)("failed") > 0`)
	p.until(`document.querySelectorAll("[data-chart=rates] .failing").length > 0`)

	s.dead.Store(false)
	p.until(`document.querySelector(".error").dataset.failing === "false"`)

	s.load()
	p.until("(" + number + `)("size") === 0 && (` + number + `)("in_flight") === 0`)
	stats := s.buffer.Stats()
	for name, want := range map[string]uint64{"accepted": stats.Accepted, "delivered": stats.Delivered, "failed": stats.Failed} {
		p.until(fmt.Sprintf("(%s)(%q) === %d", number, name, want))
	}
	if flow := value[string](p, `document.querySelector("[data-flow]").textContent`); !strings.Contains(flow, "delivered") {
		t.Errorf("the flow says %q", flow)
	}
	p.quiet()
}

// Names are text for the scripts too.
func TestHostileName(t *testing.T) {
	const evil = "\r\n" + `<img src=x onerror="document.title='taken over'">{{7*7}}`
	s := serve(t, evil)
	p := open(t, s.url)
	p.until(`document.documentElement.classList.contains("live")`)
	p.until("(" + number + `)("delivered") > 0`)
	if name := value[string](p, `document.querySelector("h2").textContent`); name != evil[1:] { // HTML has no \r\n
		t.Errorf("the page has the name %q", name)
	}
	if title := value[string](p, "document.title"); title != evil[2:]+" · pbuf" {
		t.Errorf("the title is %q", title)
	}
	p.quiet()
}

// Without JavaScript there are tables, and nothing that needs it.
func TestWithoutJavaScript(t *testing.T) {
	s := serve(t, "last-seen")
	s.load()
	if err := s.buffer.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := open(t, s.url, noScript())
	text := value[string](p, "document.body.innerText")
	for _, want := range []string{"last-seen", "where every accepted write is", "overwritten", "partitions", "backs off until"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %q:\n%s", want, text)
		}
	}
	if shown := value[int](p, `[...document.querySelectorAll(".js")].filter((e) => e.getClientRects().length > 0).length`); shown != 0 {
		t.Errorf("%d parts that need JavaScript are shown", shown)
	}
	if shown := value[int](p, `[...document.querySelectorAll("table")].filter((e) => e.getClientRects()[0]?.height > 50).length`); shown != 2 {
		t.Errorf("%d tables are shown, want 2", shown)
	}
	if n := value[uint64](p, "("+number+`)("delivered")`); n != s.buffer.Stats().Delivered {
		t.Errorf("%d are shown as delivered, want %d", n, s.buffer.Stats().Delivered)
	}
	p.quiet()
}

// The scripts write numbers as the server does: the table of render_test.go.
func TestFormat(t *testing.T) {
	s := serve(t, "last-seen")
	p := open(t, s.url)
	for call, want := range map[string]string{
		"count(0)": "0", "count(999)": "999", "count(1000)": "1,000", "count(-1234567)": "-1,234,567",
		"seconds(0)": "0 s", "seconds(0.0000123)": "12.3 µs", "seconds(0.0456789)": "45.7 ms", "seconds(5)": "5 s",
		"seconds(59.99)": "60 s", "seconds(60)": "1 min", "seconds(125.7)": "2 min 5 s", "seconds(3720)": "1 h 2 min",
		"seconds(266400)": "3 d 2 h", "bytes(0)": "0 B", "bytes(1023)": "1023 B", "bytes(1536)": "1.5 KiB", "sizes(0)": "", "sizes(1536)": "1.5 KiB held",
		"rate(null)": "–", "rate(0)": "0", "rate(0.25)": "0.3", "rate(1234.4)": "1,234", "rate(2.5e6)": "2.50 M",
	} {
		if got := value[string](p, `import("./format.js").then((f) => f.`+call+`)`); got != want {
			t.Errorf("%s is %q, want %q", call, got, want)
		}
	}
}
