// Package mutation breaks the library on purpose, one small edit at a time, and
// runs the proofs on what it made: each edit must be noticed. A few are the
// negative controls of CI; all of them together are mutation testing by hand,
// one or more for every atomic operation of the gate, the protocol and the
// write path, with the results in MUTATIONS.md.
//
// The edits are made in copies of the files, at compile time (package overlay).
// One whose text is no longer found fails loudly.
package mutation
