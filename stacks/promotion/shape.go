package promotion

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// maxShape is more than any shape has, in bytes: what is longer was not
// written by EncodeShape.
const maxShape = 1 << 20

// ShapeDigest is the SHA-256 of a shape, 64 hexadecimal digits. A shape is
// values by configuration path.
func ShapeDigest(shape map[string]string) string {
	b, err := json.Marshal(shape) // keys are sorted
	if err != nil {
		panic(fmt.Sprintf("promotion: shape: %v", err)) // strings only: cannot be
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// EncodeShape packs a shape, whose paths repeat each other, into a text that a
// parameter holds.
func EncodeShape(shape map[string]string) (string, error) {
	b, err := json.Marshal(shape)
	if err != nil {
		return "", fmt.Errorf("shape: encode: %w", err)
	}
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(b); err != nil {
		return "", fmt.Errorf("shape: encode: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("shape: encode: %w", err)
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes()), nil
}

// DecodeShape reads what EncodeShape wrote; an empty text is none.
func DecodeShape(text string) (map[string]string, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("shape: cannot be read: %w", err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("shape: cannot be read: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(r, maxShape))
	if err != nil {
		return nil, fmt.Errorf("shape: cannot be read: %w", err)
	}
	var out map[string]string
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("shape: cannot be read: %w", err)
	}
	return out, nil
}
