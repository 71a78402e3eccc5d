package mutation

import "github.com/partitioned-buffer/go/internal/prove/overlay"

// Mutation is one way to break the library.
type Mutation struct {
	Name      string
	Invariant string // what the broken code no longer keeps
	Edits     []overlay.Edit
	First     string // the judge to ask first; "": the order of judges
	Tests     string // of pbuf, by a pattern, that are asked before any judge; "": none
	// Control marks the negative controls that CI runs.
	Control bool
	// Unnoticed says, for an edit that no test can be expected to notice, why.
	Unnoticed string
}

// All are the mutations, by file.
func All() []Mutation {
	var all []Mutation
	growths := grow()
	for i := range growths {
		growths[i].First = growing
	}
	for _, part := range [][]Mutation{gate(), write(), read(), retire(), growths, merge(), memory(), checkpoints(), delivery()} {
		all = append(all, part...)
	}
	return all
}

// one is a Mutation of a single edit.
func one(name, invariant, file, old, changed string) Mutation {
	return Mutation{Name: name, Invariant: invariant, Edits: []overlay.Edit{{File: file, Old: old, New: changed}}}
}

// told is a Mutation of a single edit, and the tests of pbuf that notice it.
func told(tests, name, invariant, file, old, changed string) Mutation {
	m := one(name, invariant, file, old, changed)
	m.Tests = tests
	return m
}

// control marks m as a negative control.
func control(m Mutation) Mutation {
	m.Control = true
	return m
}

// unnoticed marks m as one that only costs something other than correctness.
func unnoticed(m Mutation, why string) Mutation {
	m.Unnoticed = why
	return m
}
