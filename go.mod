module github.com/partitioned-buffer/go

go 1.25

require (
	github.com/google/go-cmp v0.7.0
	github.com/puzpuzpuz/xsync/v3 v3.5.1
	github.com/zeebo/xxh3 v1.1.0
)

require (
	github.com/klauspost/cpuid/v2 v2.2.10 // indirect
	golang.org/x/sys v0.30.0 // indirect
)
