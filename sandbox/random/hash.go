package random

import (
	"fmt"

	"golang.org/x/crypto/bcrypt"
)

// bcryptMax is how many bytes of a password bcrypt looks at.
const bcryptMax = 72

// bcryptHash is the only value here that does not repeat with the seed: bcrypt draws its own salt.
func bcryptHash(password string) (string, error) {
	h, err := bcrypt.GenerateFromPassword([]byte(password[:min(len(password), bcryptMax)]), bcrypt.MinCost)
	if err != nil {
		return "", fmt.Errorf("hash the password: %w", err)
	}
	return string(h), nil
}
