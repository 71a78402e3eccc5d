package pbufsql

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// comparison is how a WHERE compares a column of the key with an argument.
type comparison struct {
	cast    string // the argument's, to a type; "" for none
	convert func(any) (value any, ok bool)
}

var (
	numeric  = regexp.MustCompile(`^ *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *$`)
	temporal = regexp.MustCompile(`^[^\pL]*T?[^\pL]*$`)
)

// mysqlCompare has a WHERE find the row that an INSERT of the same argument wrote, if
// it is as the column holds it, and no other. MySQL compares values of two types as
// floating-point numbers, and takes the beginning of a text for one: '5abc' equals 5.
// And it does not round what it compares, as it does what it stores.
func mysqlCompare(kind string) comparison {
	base, size := mysqlType(kind)
	if slices.Contains(mysqlIntegers, base) {
		return comparison{convert: toInteger}
	}
	switch base {
	case "float", "double":
		return comparison{convert: ifNumeric}
	case "decimal":
		_, scale, _ := strings.Cut(size, ",")
		return comparison{cast: "DECIMAL(65," + scale + ")", convert: ifNumeric} // 65: nothing is cut
	case "date":
		return comparison{cast: "DATE", convert: ifTemporal}
	case "datetime", "timestamp":
		return comparison{cast: "DATETIME(" + cmp.Or(size, "0") + ")", convert: ifTemporal}
	case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "varbinary", "tinyblob", "blob", "mediumblob", "longblob":
		return comparison{convert: toText}
	case "binary":
		return comparison{convert: toBinary(size)}
	}
	return comparison{convert: func(v any) (any, bool) { return v, true }}
}

var mysqlIntegers = []string{"tinyint", "smallint", "mediumint", "int", "bigint"}

// mysqlType parts a type like decimal(20,2) unsigned.
func mysqlType(kind string) (base, size string) {
	base, rest, _ := strings.Cut(kind, "(")
	base, _, _ = strings.Cut(base, " ")
	size, _, _ = strings.Cut(rest, ")")
	return base, size
}

func toInteger(v any) (any, bool) {
	if text, ok := asText(v); ok {
		text = strings.Trim(text, " ")
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n, true
		}
		n, err := strconv.ParseUint(text, 10, 64)
		return n, err == nil
	}
	return v, !isTime(v)
}

func ifNumeric(v any) (any, bool) {
	text, ok := asText(v)
	return v, !isTime(v) && (!ok || numeric.MatchString(text))
}

func ifTemporal(v any) (any, bool) {
	text, ok := asText(v)
	return v, !ok || temporal.MatchString(text)
}

// toText writes a number as an INSERT into a text column does.
func toText(v any) (any, bool) {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	case float64:
		if a := math.Abs(v); a >= 1e15 || a > 0 && a < 1e-15 {
			return strings.Replace(strconv.FormatFloat(v, 'e', -1, 64), "e+", "e", 1), true
		}
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.Itoa(map[bool]int{true: 1}[v]), true
	}
	return v, true
}

// toBinary fills up with zero bytes as an INSERT does. A CAST would cut a longer key to
// that of another row.
func toBinary(size string) func(any) (any, bool) {
	n, _ := strconv.Atoi(size) // MySQL has said it
	return func(v any) (any, bool) {
		v, _ = toText(v)
		if text, ok := asText(v); ok && len(text) < n {
			return []byte(text + strings.Repeat("\x00", n-len(text))), true
		}
		return v, true
	}
}

func isTime(v any) bool {
	_, ok := v.(time.Time)
	return ok
}

func asText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), v != nil
	}
	return "", false
}
