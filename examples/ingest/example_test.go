package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A poll answers with the newest state of whatever happened or changed in the
// last day.
func Example_poll() {
	const day = 86_400_000
	f, err := readFeed("two.csv", strings.NewReader(strings.Join(columns[:], ",")+`
early,0,7200000,2.5,ml,reviewed,-122.2,46.2,3.3,"37km NNE of Amboy, Washington"
late,90000000,90000000,5.3,mb,automatic,118.8,-7.9,15.2,"50km NNW of Sangiang, Indonesia"
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	w := window{feed: f}
	for _, ms := range []int64{0, 7_200_000, day + 3_600_000, day + 7_200_000} {
		var answer []string
		for _, rev := range w.poll(ms) {
			answer = append(answer, fmt.Sprintf("%s is %s", rev.ID, rev.Quake.Status))
		}
		slices.Sort(answer)
		fmt.Printf("after %d h: %s\n", ms/3_600_000, strings.Join(answer, ", "))
	}
	// Output:
	// after 0 h: early is automatic
	// after 2 h: early is reviewed
	// after 25 h: early is reviewed, late is automatic
	// after 26 h: late is automatic
}

// What is wrong with a file is said with its line and column.
func Example_badFile() {
	_, err := readFeed("quakes.csv", strings.NewReader(strings.Join(columns[:], ",")+`
a1,1517363399650,1517942380200,strong,ml,reviewed,-122.2,46.2,3.3,Amboy
`))
	fmt.Println(err)
	// Output: quakes.csv: line 2, column mag: "strong" is not a number
}

// The whole program, with a feed of one event: four pollers see it twice.
func Example() {
	folder, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	file := filepath.Join(folder, "one.csv")
	csv := strings.Join(columns[:], ",") + "\na1,0,60000,2.5,ml,reviewed,-122.2,46.2,3.3,Amboy\n"
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		fmt.Println(err)
		return
	}

	var report, progress strings.Builder
	status := run(context.Background(), []string{"-in", file, "-speed", "0"}, &report, &progress)
	fmt.Println("exit status", status)
	for line := range strings.Lines(report.String()) {
		if name, _, _ := strings.Cut(line, " "); name == "puts" || name == "rows" || name == "verified" {
			fmt.Print(line)
		}
	}
	// Output:
	// exit status 0
	// puts        8
	// rows        1
	// verified    every row has the newest version that was put, every column equal; none missing
}
