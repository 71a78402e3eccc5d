module github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp/browsertest

go 1.25

replace github.com/partitioned-buffer/go => ../../../..

replace github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp => ../

require (
	github.com/chromedp/cdproto v0.159.2
	github.com/chromedp/chromedp v0.23.0
	github.com/partitioned-buffer/go v0.0.0-00010101000000-000000000000
	github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp v0.0.0-00010101000000-000000000000
)

require (
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/klauspost/cpuid/v2 v2.2.10 // indirect
	github.com/puzpuzpuz/xsync/v3 v3.5.1 // indirect
	github.com/zeebo/xxh3 v1.1.0 // indirect
	golang.org/x/sys v0.30.0 // indirect
)
