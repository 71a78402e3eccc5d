package pbufhttp

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/partitioned-buffer/go/pbuf"
)

// snapshot is what the page and the JSON show.
type snapshot struct {
	Time    time.Time `json:"time"`
	Clock   string    `json:"clock"`        // the time as the page shows it
	Unix    float64   `json:"unix_seconds"` // the time as rates need it
	Shape   string    `json:"shape"`        // changes with the buffers' names and numbers of partitions
	Buffers []buffer  `json:"buffers"`

	RefreshMilliseconds int64 `json:"-"`
}

type buffer struct {
	Name       string      `json:"name"`
	State      string      `json:"state"`
	Healthy    bool        `json:"healthy"`
	Health     string      `json:"health"` // "ok", or what Health says
	Failing    bool        `json:"failing"`
	Settings   settings    `json:"settings"`
	Total      numbers     `json:"total"`
	Partitions []partition `json:"partitions"`

	Ledger []part      `json:"-"`
	Rows   []partition `json:"-"` // those that the page has a row for
	More   int         `json:"-"` // those that it has none for
	Most   held        `json:"-"` // the largest Size and InFlight of a partition, with a row or without
}

type settings struct {
	FlushInterval    float64 `json:"flush_interval_seconds"`
	ProcessorTimeout float64 `json:"processor_timeout_seconds"`
	BatchSize        int     `json:"batch_size"`
	FlushThreshold   int     `json:"flush_threshold"`
}

type partition struct {
	Partition int    `json:"partition"`
	State     string `json:"state"`
	numbers
}

func (h *Handler) snapshot(now time.Time) snapshot {
	s := snapshot{
		Time:                now,
		Clock:               clock(now),
		Unix:                float64(now.UnixNano()) / 1e9,
		RefreshMilliseconds: h.options.Refresh.Milliseconds(),
	}
	shape := fnv.New64a()
	for _, b := range h.buffers {
		one := h.buffer(b, now)
		s.Buffers = append(s.Buffers, one)
		fmt.Fprintf(shape, "%q %d ", one.Name, len(one.Partitions))
	}
	s.Shape = strconv.FormatUint(shape.Sum64(), 36)
	return s
}

func (h *Handler) buffer(b Buffer, now time.Time) buffer {
	stats, current, health := b.Stats(), b.Settings(), b.Health()
	all := buffer{
		Name:  stats.Name,
		Total: newNumbers(&stats.PartitionStats, now),
		Settings: settings{
			FlushInterval:    current.FlushInterval.Seconds(),
			ProcessorTimeout: current.ProcessorTimeout.Seconds(),
			BatchSize:        current.BatchSize,
			FlushThreshold:   current.FlushThreshold,
		},
		Partitions: make([]partition, len(stats.Partitions)),
	}
	for i := range stats.Partitions {
		p := &stats.Partitions[i]
		all.Partitions[i] = partition{Partition: i, State: state(p), numbers: newNumbers(p, now)}
		all.Most.Size, all.Most.InFlight = max(all.Most.Size, p.Size), max(all.Most.InFlight, p.InFlight)
	}
	all.Ledger = all.Total.parts()
	all.Rows = all.Partitions[:min(len(all.Partitions), h.options.Partitions)]
	all.More = len(all.Partitions) - len(all.Rows)
	all.Healthy, all.Health = health == nil, "ok"
	if health != nil {
		all.Health = fmt.Sprint(health) // Sprint survives an error whose method panics
	}
	all.State, all.Failing = judge(health, &stats.PartitionStats)
	return all
}

// judge is the whole buffer's state, and whether it is an alarm.
func judge(health error, s *pbuf.PartitionStats) (word string, failing bool) {
	failing = s.Stuck > 0 || s.BackingOff > 0 || s.ConsecutiveFailures > 0
	if health == nil {
		return state(s), failing
	}
	e, ok := health.(*pbuf.HealthError) //nolint:errorlint // As would call methods of the user's
	switch {
	case !ok || e == nil || e.Reason != pbuf.ErrClosed:
		return "unhealthy", true
	case s.Size > 0 || s.InFlight > 0: // Stop has not returned
		return "stopping", failing
	}
	return "stopped", e.Err != nil
}

// state is a partition's, or a running buffer's, in a word: the worst of what is true.
func state(s *pbuf.PartitionStats) string {
	switch {
	case s.Stuck > 0:
		return "stuck"
	case s.BackingOff > 0:
		return "backing off"
	case s.ConsecutiveFailures > 0:
		return "failing"
	case s.InFlight > 0:
		return "flushing"
	case s.Size > 0:
		return "buffering"
	}
	return "idle"
}
