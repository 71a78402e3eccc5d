package schedules

// growing are programs whose inserts make a table grow beside everything else:
// where it grows at every insert (package degenerate), that is. Elsewhere only the
// first insert finds a table too small, one without slots.
func growing() []Program {
	return []Program{
		{
			Name: "overwrite while a table grows", Before: ops{put(0, 1)},
			Writers: []ops{{put(0, 2), get(0)}, {put(1, 3)}},
		},
		{
			Name: "insert twice while a table grows", Before: ops{put(2, 1)},
			Writers: []ops{{put(0, 1)}, {put(0, 2)}, {put(1, 3)}},
		},
		{
			Name: "delete while a table grows", Before: ops{put(0, 1)},
			Writers: []ops{{del(0), put(0, 2)}, {put(1, 3)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "revive what a growth leaves behind", Before: ops{put(0, 1), del(0)},
			Writers: []ops{{put(0, 2), get(0)}, {put(1, 3)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "stale while a table grows", Before: ops{newer(0, 3)},
			Writers: []ops{{newer(0, 2), newer(0, 4)}, {put(1, 1), get(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "lookup while a table grows", Before: ops{put(0, 1)},
			Writers: []ops{{lookup(0), lookup(1)}, {put(1, 1), put(2, 1)}}, Cycles: []Cycle{Requeue},
		},
		{
			Name: "merges while a table grows", Before: ops{put(0, 1)},
			Writers: []ops{{merge(0, 2)}, {put(1, 1), merge(0, 3)}},
		},
		{
			Name: "retire while a table grows", Before: ops{put(0, 1), put(1, 1)},
			Writers: []ops{{put(2, 1), put(0, 2)}, {del(1)}}, Cycles: []Cycle{Deliver, Deliver},
		},
		{
			Name: "restore while a table grows", Before: ops{newer(0, 3), put(1, 1)}, Flying: true,
			Writers: []ops{{put(2, 1), newer(0, 2)}, {newer(0, 4)}}, Cycles: []Cycle{Requeue, Requeue},
		},
		{
			Name: "restore merged while a table grows", Before: ops{put(0, 1)},
			Writers: []ops{{put(1, 1), put(0, 3)}, {put(2, 1)}}, Cycles: []Cycle{Merging},
		},
		{
			Name: "Stop while a table grows", Before: ops{put(0, 1)},
			Writers: []ops{{put(1, 1), put(0, 2)}, {get(0), del(0)}}, Stop: true,
		},
		{
			Name: "two make a table grow, and a third", Before: ops{put(0, 1)},
			Writers: []ops{{put(1, 1), get(2)}, {put(2, 1), get(1)}, {get(0)}}, Cycles: []Cycle{Deliver},
		},
		{
			Name: "the last unit of a limit while a table grows", Limit: 2, Before: ops{put(0, 1)},
			Writers: []ops{{del(0), put(1, 2)}, {put(2, 3), del(2)}}, Cycles: []Cycle{Deliver},
		},
	}
}
