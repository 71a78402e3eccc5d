// Package browsertest tests the page of pbufhttp in a real browser. It is a module of
// its own, so that users of pbufhttp download no driver of browsers.
//
//	go test ./...                                         needs chromium
//	go test -run Screenshot -tags pbuf_screenshot ./...   draws ../page-light.png and ../page-dark.png anew
package browsertest
