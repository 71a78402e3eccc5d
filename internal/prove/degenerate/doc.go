// Package degenerate runs the properties and the schedules on a library that is
// constructed as badly as it can be: hashes that are constant or have one bit,
// stores without room, counters near their wrap-around. None of it may change an
// answer.
package degenerate
