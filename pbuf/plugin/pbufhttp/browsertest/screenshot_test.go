//go:build pbuf_screenshot

package browsertest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestScreenshot draws the README's pictures: a minute of load with an outage in it.
func TestScreenshot(t *testing.T) {
	s := serve(t, "last-seen")
	p := open(t, s.url, chromedp.EmulateViewport(1180, 800), scheme("light"))
	<-time.After(25 * time.Second)
	s.dead.Store(true)
	<-time.After(9 * time.Second)
	s.dead.Store(false)
	<-time.After(22 * time.Second)
	s.dead.Store(true)
	<-time.After(4 * time.Second)
	for _, name := range []string{"light", "dark"} {
		p.do(scheme(name))
		picture, err := chromedp.Run(p.context, chromedp.FullScreenshot(100))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../page-"+name+".png", picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p.quiet()
}

// scheme makes the browser prefer light or dark pages.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, media)
		return err
	})
}
