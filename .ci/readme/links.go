package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

var (
	link     = regexp.MustCompile(`\]\(<?([^)\s>]+)>?[^)]*\)|^\[[^\]]+\]:\s*<?([^\s>]+)`)
	codeSpan = regexp.MustCompile("`([^`]+)`")
	heading  = regexp.MustCompile(`^#{1,6}\s+(.*?)\s*#*$`)
)

// checkLinks wants every relative link to name a file of the checkout, and every
// anchor a heading. Links to elsewhere are not followed.
func (c *checker) checkLinks() []fault {
	var faults []fault
	for i, line := range c.doc.prose {
		for _, m := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, ""), -1) {
			target := m[1] + m[2]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if err := c.checkLink(target); err != nil {
				faults = append(faults, c.fault(i+1, fmt.Sprintf("link %s: %v", target, err)))
			}
		}
	}
	return faults
}

func (c *checker) checkLink(target string) error {
	path, anchor, hasAnchor := strings.Cut(target, "#")
	doc := c.doc
	if path != "" {
		path = filepath.Join(filepath.Dir(c.page), path)
		if !filepath.IsLocal(path) {
			return fmt.Errorf("leaves the checkout")
		}
		info, err := os.Stat(filepath.Join(c.root, path))
		if err != nil {
			return err
		}
		if hasAnchor && !info.IsDir() {
			text, err := os.ReadFile(filepath.Join(c.root, path))
			if err != nil {
				return err
			}
			doc = parse(path, string(text))
		}
	}
	if hasAnchor && !doc.hasAnchor(anchor) {
		return fmt.Errorf("no heading has the anchor #%s", anchor)
	}
	return nil
}

func (d document) hasAnchor(anchor string) bool {
	for _, line := range d.prose {
		if m := heading.FindStringSubmatch(line); m != nil && slug(m[1]) == anchor {
			return true
		}
	}
	return false
}

// slug is the anchor that the usual renderers give a heading.
func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, title)
}
