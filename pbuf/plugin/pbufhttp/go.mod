module github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp

go 1.25

replace github.com/partitioned-buffer/go => ../../..

require github.com/partitioned-buffer/go v0.0.0-00010101000000-000000000000

require (
	github.com/klauspost/cpuid/v2 v2.2.10 // indirect
	github.com/puzpuzpuz/xsync/v3 v3.5.1 // indirect
	github.com/zeebo/xxh3 v1.1.0 // indirect
	golang.org/x/sys v0.30.0 // indirect
)
