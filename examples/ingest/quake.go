package main

import "time"

// quake is what the table holds of an earthquake besides its id and version.
// It is comparable, so a row is checked with one ==.
type quake struct {
	TimeMS    int64 // when it happened, Unix milliseconds
	Mag       float64
	MagType   string
	Status    string // automatic, until a person has reviewed it
	Longitude float64
	Latitude  float64
	DepthKM   float64
	Place     string
}

// revision is one published state of an event. Its version is the stamp of its
// publication in Unix milliseconds.
type revision struct {
	ID      string
	Version int64
	Quake   quake
}

// statusAutomatic marks the first revision of every event.
const statusAutomatic = "automatic"

func utc(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04")
}
