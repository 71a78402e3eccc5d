package main

import (
	"regexp"
	"strings"
)

// A document is a page, taken apart.
type document struct {
	lines  []string // all of them
	prose  []string // the same, with everything inside code blocks blanked
	blocks []block
	faults []fault
}

// A block is one fenced code block.
type block struct {
	line int // of the opening fence, from 1
	lang string
	text string
}

var fence = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})[ \t]*([^`]*)$")

func parse(page, text string) document {
	d := document{lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	var open string // the fence of the block we are in
	var b block
	var body []string
	for i, line := range d.lines {
		m := fence.FindStringSubmatch(line)
		switch {
		case open == "" && m != nil:
			open, body = m[1], nil
			lang, _, _ := strings.Cut(strings.TrimSpace(m[2]), " ")
			b = block{line: i + 1, lang: lang}
		case open != "" && m != nil && strings.HasPrefix(m[1], open) && m[2] == "":
			b.text = strings.Join(body, "\n") + "\n"
			d.blocks = append(d.blocks, b)
			open = ""
		case open != "":
			body = append(body, line)
		default:
			d.prose = append(d.prose, line)
			continue
		}
		d.prose = append(d.prose, "")
	}
	if open != "" {
		d.faults = append(d.faults, fault{page, b.line, "code block is never closed"})
	}
	return d
}
