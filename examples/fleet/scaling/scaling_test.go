package main

import (
	"strings"
	"testing"
)

func TestPartitionsCoalesceMore(t *testing.T) {
	alone, alone2 := scenario{10_000, 1000, 1, 1}.rows(1, 1.1)
	if alone != alone2 {
		t.Errorf("one worker writes %v rows, or %v", alone, alone2)
	}
	shared, partitioned := scenario{10_000, 1000, 1, 8}.rows(1, 1.1)
	if partitioned > 1000 || shared <= partitioned || shared > 8*partitioned || partitioned < alone*0.8 {
		t.Errorf("8 workers write %v rows a second shared, %v partitioned; one %v", shared, partitioned, alone)
	}
	longer, _ := scenario{10_000, 1000, 10, 8}.rows(1, 1.1)
	if longer >= shared {
		t.Errorf("an interval of ten seconds: %v rows a second, of one second: %v", longer, shared)
	}
}

func TestTableIsOfTheSeed(t *testing.T) {
	all := []scenario{{1000, 100, 1, 2}}
	var one, two, other strings.Builder
	table(&one, 1, 1.1, all)
	table(&two, 1, 1.1, all)
	table(&other, 2, 1.1, all)
	if one.String() != two.String() || one.String() == other.String() || strings.Count(one.String(), "\n") != 3 {
		t.Errorf("%s%s%s", one.String(), two.String(), other.String())
	}
}

func TestFeedCoalesces(t *testing.T) {
	quakes, err := readFeed("../../ingest/usgs-earthquakes.csv")
	if err != nil {
		t.Fatal(err)
	}
	messages, shared, partitioned := feedRows(quakes, 1, 1, 4, 1)
	if messages == 0 || shared != messages || partitioned != messages {
		t.Errorf("one poll per interval: %d messages, %d and %d rows, want no two of an event", messages, shared, partitioned)
	}
	again, shared, partitioned := feedRows(quakes, 1, 2, 4, 5)
	if again != 2*messages || partitioned*9 > again || shared <= partitioned || shared >= again {
		t.Errorf("ten polls per interval: %d messages, %d rows shared, %d partitioned", again, shared, partitioned)
	}
	if _, err := readFeed("feed.go"); err == nil {
		t.Error("a file that is not the feed")
	}
}
