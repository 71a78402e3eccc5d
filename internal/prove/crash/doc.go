// Package crash holds what Checkpoint promises to a pipeline against crashes: a
// source that delivers again what was not acknowledged, and acknowledges what a
// checkpoint says is safe, ends with a table that equals its log, for every schedule
// of faults, losses, crashes and stops that is drawn. Acknowledging by any of the
// rules that look as good must be found wrong.
package crash
