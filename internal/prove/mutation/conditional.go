package mutation

func merge() []Mutation {
	const file = "internal/shard/conditional.go"
	return []Mutation{
		one("a merge commits whatever happened meanwhile", "S1", file,
			"\tif uint16(s.meta&writesMask) != seen.writes || t.gen.carries.Load() != seen.carries {\n", "\tif false {\n"),
		one("a merge that gives up keeps its claim", "S3", file,
			"\t\ts.word.Store(w) // something happened: give it back as it is\n", ""),
		one("a merge ignores the carries", "S1", file,
			" || t.gen.carries.Load() != seen.carries {\n", " {\n"),
		one("a look for a merge keeps its claim", "S3", file,
			"\ts.word.Store(w) // publication to the next claim: as it was\n", ""),
		one("a write on the condition that the key is absent finds it there", "G4", file,
			"\t\tcase isLive(s.settled()): ", "\t\tcase false: "),
		one("a write on the condition that the key is absent ignores its generation", "G4", file,
			"\t\tif t == nil || t.gen != seen.t.gen {\n", "\t\tif t == nil {\n"),
		one("what is in flight beside it is looked for in the generation itself", "G4", file,
			"\t\tif seen.t == nil || f.gen != seen.t.gen {\n", "\t\tif seen.t == nil || f.gen == seen.t.gen {\n"),
		one("merged restores are not counted", "G1", file, "\t\tt.gen.merged.Add(1)\n", ""),
	}
}
