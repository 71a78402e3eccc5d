package browsertest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
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

// On a narrow screen too, nothing is cut off and nothing has to be scrolled to, however
// large the numbers.
func TestNarrow(t *testing.T) {
	b := statstest.New("seen", pbuf.PartitionStats{
		Accepted: 100e9, Delivered: 39e9, Overwritten: 59e9 - 12_345_678, Size: 12_345_678, DeadLettered: 2e9, Bytes: 5e9,
	})
	url := listen(t, new(atomic.Bool), pbufhttp.Options{}, b)
	for _, width := range []int64{640, 400, 320} {
		p := open(t, url, chromedp.EmulateViewport(width, 800))
		p.until(`document.querySelectorAll("[data-flow] text").length > 8`)
		if wide := value[int64](p, "document.documentElement.scrollWidth"); wide > width {
			t.Errorf("on %d px the page is %d px wide", width, wide)
		}
		if cut := value[string](p, `[...document.querySelectorAll("svg text")].filter((text) => {
			const [inside, all] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
			return inside.left < all.left - 1 || inside.right > all.right + 1 || inside.top < all.top - 1 || inside.bottom > all.bottom + 1;
		}).map((text) => text.textContent).join(", ")`); cut != "" {
			t.Errorf("on %d px is cut off: %s", width, cut)
		}
	}
}

// A time in which deliveries failed is shaded in one piece, from the sample before it.
func TestShade(t *testing.T) {
	p := open(t, listen(t, new(atomic.Bool), pbufhttp.Options{}, statstest.New("seen")))
	got := value[string](p, `import("./chart.js").then(({ chart }) => {
		const svg = document.querySelector("[data-chart=rates]");
		chart(svg, [0, 0, 1, 1, 1, 0, 1].map((failing, time) => ({ time, failing })), []);
		const second = (svg.clientWidth - 56) / 20;
		return [...svg.querySelectorAll(".failing")].map((r) => (r.getAttribute("width") / second).toFixed(2)).join(" ");
	})`)
	if got != "3.00 1.00" {
		t.Errorf("the shades are %s s wide, want 3.00 1.00", got)
	}
}

// A process that has just begun is not compared with the one before it, though neither
// has delivered anything.
func TestRatesOfANewProcess(t *testing.T) {
	s := serve(t, "last-seen")
	p := open(t, s.url)
	got := value[string](p, `(async () => {
		const { History } = await import("./history.js");
		const history = new History();
		const settings = { flush_interval_seconds: 5 };
		for (let time = 0; time < 20; time++) {
			history.add(time, { settings, total: { accepted: 1000 * (time % 10), delivered: 0, failed: 0 } });
		}
		return [9, 10, 14, 15, 19].map((time) => history.samples.find((s) => s.time === time)?.rates.accepted ?? null).join(" ");
	})()`)
	if want := "   1000 1000"; got != want {
		t.Errorf("the rates are %q, want %q: none before the new process has run for a window", got, want)
	}
}

// A rate covers a flush interval, however long: overwrites are booked once in each. What
// it needs for that does not grow with the interval.
func TestRates(t *testing.T) {
	s := serve(t, "last-seen")
	p := open(t, s.url)
	for interval, want := range map[int]string{
		1:     "null at 1 s, then 2000 to 2000, of at most 126 samples and 3 marks",
		60:    "null at 59 s, then 2000 to 2000, of at most 126 samples and 61 marks",
		4000:  "null at 3999 s, then 2000 to 2000, of at most 126 samples and 1001 marks",
		40000: "null at 8000 s, then Infinity to -Infinity, of at most 126 samples and 201 marks",
	} {
		got := value[string](p, fmt.Sprintf(`(async (interval) => {
			const { History } = await import("./history.js");
			const history = new History();
			const round = (n) => 10 * Math.round(n / 10); // a long window is exact to a thousandth
			let none = 0, low = Infinity, high = -Infinity, samples = 0, marks = 0;
			for (let time = 0; time <= 8000; time++) {
				const accepted = 2000 * interval * Math.floor(time / interval);
				history.add(time, { settings: { flush_interval_seconds: interval }, total: { accepted, delivered: 0, failed: 0 } });
				const rate = history.rate("accepted");
				if (rate === null) none = time;
				else [low, high] = [Math.min(low, round(rate)), Math.max(high, round(rate))];
				[samples, marks] = [Math.max(samples, history.samples.length), Math.max(marks, history.marks.length)];
			}
			return "null at " + none + " s, then " + low + " to " + high + ", of at most " + samples + " samples and " + marks + " marks";
		})(%d)`, interval))
		if got != want {
			t.Errorf("with an interval of %d s the rate is %s; want %s", interval, got, want)
		}
	}
}
