// Package reference is the buffer as one would write it without thinking about
// speed: a mutex and two maps per partition. It is the oracle of the properties
// and the fuzz targets; a difference is a bug in one of the two.
//
// The mutexes that the benchmarks compare pbuf with (benchmarks/rival, Mutexes)
// are this buffer made fast: several locks, maps that are used again. A test
// holds them to its answers.
package reference
