// Package pbufprom gives Prometheus every number of a pbuf buffer's Stats.
//
//	collector, err := pbufprom.NewCollector(seen, views)
//	...
//	prometheus.MustRegister(collector)
//
// Series have the label buffer, which is the buffer's name, and with
// Options.ByPartition the label partition. Units are in the names: entries, writes,
// seconds, bytes. The README lists the metrics, and rules/pbuf.rules.yml has alerts
// for a sink that is dead, a processor that is stuck, a buffer that is full, entries
// that are too old and entries that are lost.
//
// Nothing is counted by this package: a scrape calls Stats of each buffer once, and
// writers are not disturbed. Between scrapes it does nothing.
package pbufprom
