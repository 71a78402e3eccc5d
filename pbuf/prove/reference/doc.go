// Package reference is the buffer as one would write it without thinking about
// speed: a mutex and two maps per partition. It is the oracle of the properties
// and the fuzz targets; a difference is a bug in one of the two.
package reference
