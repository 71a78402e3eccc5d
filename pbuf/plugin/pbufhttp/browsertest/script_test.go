package browsertest

import (
	"sync/atomic"
	"testing"

	"github.com/partitioned-buffer/go/pbuf"
	"github.com/partitioned-buffer/go/pbuf/plugin/internal/statstest"
	"github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp"
)

// A server that hangs is told apart from one that answers, and its return is noticed.
func TestServerHangs(t *testing.T) {
	s := serve(t, "last-seen")
	p := open(t, s.url)
	p.until(`document.documentElement.className === "js live"`)
	s.hangs.Store(true)
	p.until(`document.documentElement.className === "js cut"`)
	if after := value[string](p, `getComputedStyle(document.querySelector(".clock"), "::after").content`); after != `", no answer since"` {
		t.Errorf("after the time stands %s", after)
	}
	s.hangs.Store(false)
	p.until(`document.documentElement.className === "js live"`)
}

// The scripts draw bars as the server does: beside the largest partition, though that
// has no row.
func TestBars(t *testing.T) {
	partitions := make([]pbuf.PartitionStats, 100)
	for i := range partitions {
		partitions[i] = pbuf.PartitionStats{Size: 2 * (i + 1), InFlight: 100 - i}
	}
	p := open(t, listen(t, new(atomic.Bool), pbufhttp.Options{Partitions: 3}, statstest.New("seen", partitions...)))
	p.until(`document.documentElement.classList.contains("live")`)
	const widths = `const widths = (page) => [...page.querySelectorAll("[data-share]")].map((bar) => bar.getAttribute("width")).join(" ");`
	const want = "1.00 100.00 2.00 99.00 3.00 98.00"
	if got := value[string](p, `(() => { `+widths+` return widths(document) })()`); got != want {
		t.Errorf("the script's bars are %s, want %s", got, want)
	}
	if got := value[string](p, `(async () => { `+widths+`
		const page = await (await fetch("./")).text();
		return widths(new DOMParser().parseFromString(page, "text/html"));
	})()`); got != want {
		t.Errorf("the server's bars are %s, want %s", got, want)
	}
	p.quiet()
}
