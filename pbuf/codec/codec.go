// Package codec has codecs for pbuf.WriteSnapshot and pbuf.ReadSnapshot, made of
// the standard library. It is a package of its own so that programs without
// snapshots link neither encoding/gob nor encoding/json.
//
// What an encoding skips, such as unexported fields, is not kept. Entries whose key
// changes by that are left out, with an error: a key of type time.Time
// has to be t.UTC().
package codec

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/partitioned-buffer/go/pbuf"
)

// JSON encodes keys and values by encoding/json. It is for keys that are valid UTF-8 or
// numbers, or made of such; others, and values like NaN, need Gob.
var JSON = pbuf.Codec{Marshal: json.Marshal, Unmarshal: json.Unmarshal}

// Gob encodes keys and values by encoding/gob. Each carries the description of
// its type, so that it can be read by itself. A nil pointer is an error; what
// interfaces hold must be registered (gob.Register).
var Gob = pbuf.Codec{Marshal: marshalGob, Unmarshal: unmarshalGob}

func marshalGob(v any) ([]byte, error) {
	// gob would write a nil pointer to a struct as it does an empty struct.
	for at := reflect.ValueOf(v); at.Kind() == reflect.Pointer; at = at.Elem() {
		if at.IsNil() {
			return nil, errors.New("codec: Gob cannot encode a nil pointer")
		}
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func unmarshalGob(data []byte, v any) error {
	return gob.NewDecoder(bytes.NewReader(data)).Decode(v)
}
