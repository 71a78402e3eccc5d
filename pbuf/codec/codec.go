// Package codec has codecs for pbuf.WriteSnapshot and pbuf.ReadSnapshot, made of
// the standard library. It is a package of its own so that programs without
// snapshots link neither encoding/gob nor encoding/json.
package codec

import (
	"bytes"
	"encoding/gob"
	"encoding/json"

	"github.com/partitioned-buffer/go/pbuf"
)

// JSON encodes keys and values by encoding/json.
var JSON = pbuf.Codec{Marshal: json.Marshal, Unmarshal: json.Unmarshal}

// Gob encodes keys and values by encoding/gob. Each carries the description of
// its type, so that it can be read by itself.
var Gob = pbuf.Codec{Marshal: marshalGob, Unmarshal: unmarshalGob}

func marshalGob(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func unmarshalGob(data []byte, v any) error {
	return gob.NewDecoder(bytes.NewReader(data)).Decode(v)
}
