//go:build race

package pbuf_test

const raceEnabled = true
