package aws

import (
	"crypto/sha256"
	"encoding/hex"
)

// hash is n hex digits that follow from text.
func hash(text string, n int) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])[:n]
}
