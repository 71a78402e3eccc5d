// Package pbufslog logs what a pbuf buffer goes through, as an operator wants to read
// it: not a line per failed batch, but one when an outage begins and one when it is
// over.
//
//	hooks, err := pbufslog.Hooks(slog.Default())
//	...
//	buf, err := pbuf.New(pbuf.Options[string, int]{Processor: save, Hooks: hooks})
//
// # Lines
//
// Each line is about the buffer, whatever the number of its partitions:
//
//	SinkDown       ERROR  a flush delivered nothing of what was new: the outage begins
//	EntriesFail    WARN   a flush delivered something, but not all
//	Recovered      INFO   that is over, with what failed in between
//	StoppedFailing ERROR  the buffer stopped before it was over, or had no time left to deliver
//	Dropped        ERROR  entries are lost
//	DeadLettered   WARN   DeadLetter took entries
//	Full           WARN   writes found the buffer full
//	Stuck          ERROR  a processor does not heed its context
//	Panicked       ERROR  a processor, or a hook, panicked; with the stack
//	Flushed        DEBUG  one flush, with all its numbers
//
// Whether the sink is down is what Map.Health says too, and, with the policy Replay,
// while a batch is held back. So it takes a delivery in each partition for an outage to
// be over: one whose failed keys were deleted, and that nobody writes to, keeps it open,
// and the next outage is part of it.
//
// An Event is the message of its line, so that alerts have something to match.
// Options.Levels changes the levels. Attributes of your own come with
// slog.Logger.With, and slog.Logger.WithGroup puts these here into a group.
//
// # How often
//
// What repeats is summed up: the first of its kind is logged at once, those that
// follow within Options.Every as one line when that time is over, which is with the
// next flush, or when the buffer has stopped and all its processors have returned, also
// one that Stop gave up. The same holds for outages: one that begins
// within Options.Every of the one before it is logged if it lasts that long, and
// otherwise counted in the next line.
//
// # Keys and values
//
// None is logged: hooks do not get them. What a processor's error says is up to the
// processor; Options.ErrorText is the place to change that. Its Error method is called
// on the goroutine that calls the hooks, never on a writer.
//
// The hooks hold no lock while they log, and start no goroutine. Lines of one
// partition come in order. A slow handler delays its partition's next delivery.
package pbufslog
