module github.com/partitioned-buffer/go/examples

go 1.25.0

replace (
	github.com/partitioned-buffer/go => ../
	github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp => ../pbuf/plugin/pbufhttp
	github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx => ../pbuf/plugin/pbufpgx
	github.com/partitioned-buffer/go/pbuf/plugin/pbufprom => ../pbuf/plugin/pbufprom
	github.com/partitioned-buffer/go/pbuf/plugin/pbufslog => ../pbuf/plugin/pbufslog
	github.com/partitioned-buffer/go/pbuf/plugin/pbufsql => ../pbuf/plugin/pbufsql
)

require (
	github.com/HdrHistogram/hdrhistogram-go v1.4.0
	github.com/dustin/go-humanize v1.1.0
	github.com/google/go-cmp v0.7.0
	github.com/jackc/pgx/v5 v5.12.0
	github.com/partitioned-buffer/go v0.0.0-00010101000000-000000000000
	github.com/partitioned-buffer/go/pbuf/plugin/pbufhttp v0.0.0-00010101000000-000000000000
	github.com/partitioned-buffer/go/pbuf/plugin/pbufpgx v0.0.0-00010101000000-000000000000
	github.com/partitioned-buffer/go/pbuf/plugin/pbufprom v0.0.0-00010101000000-000000000000
	github.com/partitioned-buffer/go/pbuf/plugin/pbufslog v0.0.0-00010101000000-000000000000
	github.com/partitioned-buffer/go/pbuf/plugin/pbufsql v0.0.0-00010101000000-000000000000
	github.com/prometheus/client_golang v1.24.1
	github.com/schollz/progressbar/v3 v3.19.1
	golang.org/x/term v0.45.0
	modernc.org/sqlite v1.59.0
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/klauspost/cpuid/v2 v2.2.10 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/prometheus/client_model v0.6.2 // indirect
	github.com/prometheus/common v0.70.1 // indirect
	github.com/prometheus/procfs v0.21.1 // indirect
	github.com/puzpuzpuz/xsync/v3 v3.5.1 // indirect
	github.com/zeebo/xxh3 v1.1.0 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)

require (
	github.com/creack/pty v1.1.24
	github.com/google/uuid v1.6.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/ncruces/go-strftime v1.0.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	golang.org/x/sync v0.22.0
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
	modernc.org/libc v1.75.7 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)
