package workload

import "math/rand/v2"

// Draw returns the next key number.
type Draw func() uint64

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15)) }

// Uniform draws every number below space alike.
func Uniform(space int, seed uint64) Draw {
	r := source(seed)
	return func() uint64 { return r.Uint64N(uint64(space)) }
}

// Zipf draws from below space with exponent 1.01, the skew of many real
// caches. Ranks are scattered, so that popular keys are not neighbours.
func Zipf(space int, seed uint64) Draw {
	z := rand.NewZipf(source(seed), 1.01, 1, uint64(space)-1)
	return func() uint64 { return Scatter(z.Uint64(), space) }
}

// Hot draws one key only.
func Hot() Draw { return func() uint64 { return 42 } }

// Absent draws numbers that no other draw below space gives.
func Absent(space int, seed uint64) Draw {
	d := Uniform(space, seed)
	return func() uint64 { return uint64(space) + d() }
}

// Twice draws every number of d two times in a row.
func Twice(d Draw) Draw {
	var last uint64
	again := false
	return func() uint64 {
		if again = !again; again {
			last = d()
		}
		return last
	}
}

// Scatter maps the numbers below space onto themselves so that neighbours
// land far apart: order of popularity or of filling must not become order in
// memory. The factor is a prime above every space in use, hence coprime.
func Scatter(n uint64, space int) uint64 {
	const prime = 2_654_435_761
	return n * prime % uint64(space)
}
