package sched

import "math/rand/v2"

// depthFirst enumerates: it repeats the choices of the path, takes the first
// option beyond it, and advance changes the last choice that can be changed.
type depthFirst struct {
	bound int
	path  []choice
	depth int
	spent int // preemptions so far in this run
}

type choice struct {
	taken    uint8
	options  uint8
	preempts bool
	spent    int // before it
}

func (d *depthFirst) choose(options int, preempts bool) int {
	if d.depth == len(d.path) {
		d.path = append(d.path, choice{options: uint8(options), preempts: preempts, spent: d.spent})
	}
	c := &d.path[d.depth]
	if int(c.options) != options || c.preempts != preempts {
		panic("sched: the program is not deterministic: a repeated schedule took another turn")
	}
	d.depth++
	if c.preempts && c.taken > 0 {
		d.spent++
	}
	return int(c.taken)
}

func (d *depthFirst) advance() bool {
	d.path = d.path[:d.depth]
	for len(d.path) > 0 {
		c := &d.path[len(d.path)-1]
		if c.taken+1 < c.options && (!c.preempts || c.spent < d.bound) {
			c.taken++
			return true
		}
		d.path = d.path[:len(d.path)-1]
	}
	return false
}

func (d *depthFirst) schedule() []byte {
	var s []byte
	for _, c := range d.path {
		s = append(s, c.taken)
	}
	return s
}

// random preempts once in rate points on average.
type random struct {
	rng   *rand.Rand
	rate  int
	taken []byte
}

func (c *random) choose(options int, preempts bool) int {
	n := 0
	switch {
	case !preempts:
		n = c.rng.IntN(options)
	case c.rng.IntN(c.rate) == 0:
		n = 1 + c.rng.IntN(options-1)
	}
	c.taken = append(c.taken, byte(n))
	return n
}

// replay repeats a schedule, and goes on with the first option after its end.
type replay struct {
	schedule []byte
	at       int
}

func (c *replay) choose(options int, _ bool) int {
	if c.at >= len(c.schedule) {
		return 0
	}
	n := int(c.schedule[c.at])
	c.at++
	return min(n, options-1)
}
