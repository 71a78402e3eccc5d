// Package overlay compiles the library with changed sources, without changing
// the sources: it writes changed copies to a directory and a file for
// `go build -overlay` that puts them in the place of the originals.
//
// Two kinds of change exist. Points gives every atomic step of the library a
// scheduling point (package points). An Edit replaces one piece of text, which
// must occur exactly once: broken variants for the negative controls, and
// degenerate constants (a tiny arena, counters near their wrap-around) for the
// properties. An edit whose text is gone is an error, so that a control can't
// turn into a test of the unbroken code unnoticed.
package overlay
