package mutation

const gateFile = "internal/epoch/gate.go"

func gate() []Mutation {
	return []Mutation{
		control(one("gate without wait: Close does not sleep", "E1", gateFile,
			"\tif g.debt.Add(inside) != 0 {\n", "\tif g.debt.Add(inside); false {\n")),
		one("Enter looks at the closed bit before it adds", "E2", gateFile,
			"\treturn s, g.stripes[s].n.Add(1) > 0\n",
			"\tif g.stripes[s].n.Load() < 0 {\n\t\treturn s, false\n\t}\n\tg.stripes[s].n.Add(1)\n\treturn s, true\n"),
		one("Enter always succeeds", "E2", gateFile,
			"g.stripes[s].n.Add(1) > 0\n", "g.stripes[s].n.Add(1) != 0\n"),
		one("Leave does not take its unit back", "E1", gateFile,
			"if g.stripes[stripe].n.Add(-1) < 0 &&", "if g.stripes[stripe].n.Load() < 0 &&"),
		one("Leave never pays", "E1", gateFile,
			"&& g.debt.Add(-1) == 0 {", "&& g.debt.Load() == -1 {"),
		one("every payment wakes", "E1", gateFile,
			"&& g.debt.Add(-1) == 0 {", "&& g.debt.Add(-1) <= 0 {"),
		one("Close sums up first and marks afterwards", "E2", gateFile,
			"\t\tinside += g.stripes[i].n.Or(closed)\n",
			"\t\tinside += g.stripes[i].n.Load()\n\t\tg.stripes[i].n.Or(closed)\n"),
		one("Close marks one stripe only", "E2", gateFile,
			"\tfor i := range g.stripes {\n\t\t// E2.", "\tfor i := range g.stripes[:1] {\n\t\t// E2."),
		one("Close forgets who was inside", "E1", gateFile,
			"\tif g.debt.Add(inside) != 0 {\n", "\tif g.debt.Add(0) != 0 {\n"),
	}
}
