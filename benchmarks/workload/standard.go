package workload

// Space is the number of keys unless a benchmark is about that number.
const Space = 100_000

// Each is the pattern of one kind, for Drawn.
func Each(k Kind) func(seed uint64) Pattern {
	return func(uint64) Pattern { return Only(k) }
}

// UniformOver draws evenly over n keys, for Drawn.
func UniformOver(n int) func(seed uint64) Draw {
	return func(seed uint64) Draw { return Uniform(n, seed) }
}

// ZipfOver is UniformOver with the skew of Zipf.
func ZipfOver(n int) func(seed uint64) Draw {
	return func(seed uint64) Draw { return Zipf(n, seed) }
}

// IntKeys is a load of Space integer keys.
func IntKeys(name string, draw func(seed uint64) Draw, what func(seed uint64) Pattern) *Load[int] {
	return Drawn(name, Space, Ints, draw, what)
}

// Filling is a load that puts each of n integer keys once, and then again.
func Filling(n int) *Load[int] { return Replay("", Ints(scattered(n))) }
