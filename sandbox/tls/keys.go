package tls

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/ladder-platform/ladder/sandbox/internal/local"
	"golang.org/x/crypto/ssh"
)

// privateKey generates a key and writes it in every form that the provider offers.
func privateKey(c local.Call) (string, map[string]any, error) {
	algorithm, _ := c.Inputs["algorithm"].(string)
	bits, _ := c.Inputs["rsaBits"].(float64)
	curve, _ := c.Inputs["ecdsaCurve"].(string)
	key, err := generate(algorithm, int(bits), curve, c.Entropy)
	if err != nil {
		return "", nil, err
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", nil, fmt.Errorf("encode the private key: %w", err)
	}
	traditional, err := traditionalPEM(key, pkcs8)
	if err != nil {
		return "", nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return "", nil, fmt.Errorf("encode the public key: %w", err)
	}
	sum := sha1.Sum(public) // the provider's id: internal/provider/common_key.go
	out := map[string]any{
		"privateKeyPem": traditional, "privateKeyPemPkcs8": encode("PRIVATE KEY", pkcs8), "publicKeyPem": encode("PUBLIC KEY", public),
		"publicKeyOpenssh": "", "privateKeyOpenssh": "", "publicKeyFingerprintMd5": "", "publicKeyFingerprintSha256": "",
	}
	if err := sshForms(key, out); err != nil {
		return "", nil, err
	}
	return hex.EncodeToString(sum[:]), out, nil
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func traditionalPEM(key crypto.Signer, pkcs8 []byte) (string, error) {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k)), nil
	case *ecdsa.PrivateKey:
		der, err := x509.MarshalECPrivateKey(k)
		if err != nil {
			return "", fmt.Errorf("encode the private key: %w", err)
		}
		return encode("EC PRIVATE KEY", der), nil
	}
	return encode("PRIVATE KEY", pkcs8), nil
}

// sshForms fills in what OpenSSH knows; it has no P-224.
func sshForms(key crypto.Signer, out map[string]any) error {
	if k, ok := key.(*ecdsa.PrivateKey); ok && k.Curve == elliptic.P224() {
		return nil
	}
	public, err := ssh.NewPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("encode the public key for OpenSSH: %w", err)
	}
	private, err := opensshPrivate(key, public)
	if err != nil {
		return err
	}
	md, sha := md5.Sum(public.Marshal()), sha256.Sum256(public.Marshal())
	var colons []string
	for _, b := range md {
		colons = append(colons, hex.EncodeToString([]byte{b}))
	}
	out["publicKeyOpenssh"] = string(ssh.MarshalAuthorizedKey(public))
	out["privateKeyOpenssh"] = private
	out["publicKeyFingerprintMd5"] = strings.Join(colons, ":")
	out["publicKeyFingerprintSha256"] = "SHA256:" + base64.RawStdEncoding.EncodeToString(sha[:])
	return nil
}

// opensshPrivate is PROTOCOL.key of OpenSSH without encryption. The library's own
// encoder draws the check number at random; here it comes from the key.
func opensshPrivate(key crypto.Signer, public ssh.PublicKey) (string, error) {
	var body []byte
	switch k := key.(type) {
	case *rsa.PrivateKey:
		body = ssh.Marshal(struct {
			Type          string
			N, E, D, Iqmp *big.Int
			P, Q          *big.Int
			Comment       string
		}{public.Type(), k.N, big.NewInt(int64(k.E)), k.D, k.Precomputed.Qinv, k.Primes[0], k.Primes[1], ""})
	case *ecdsa.PrivateKey:
		point, err := k.PublicKey.Bytes()
		if err != nil {
			return "", fmt.Errorf("encode the public key for OpenSSH: %w", err)
		}
		scalar, err := k.Bytes()
		if err != nil {
			return "", fmt.Errorf("encode the private key for OpenSSH: %w", err)
		}
		body = ssh.Marshal(struct {
			Type, Curve string
			Point       []byte
			D           *big.Int
			Comment     string
		}{public.Type(), strings.TrimPrefix(public.Type(), "ecdsa-sha2-"), point, new(big.Int).SetBytes(scalar), ""})
	case ed25519.PrivateKey:
		body = ssh.Marshal(struct {
			Type            string
			Public, Private []byte
			Comment         string
		}{public.Type(), k.Public().(ed25519.PublicKey), k, ""})
	default:
		return "", fmt.Errorf("key of type %T has no OpenSSH form", key)
	}
	sum := sha256.Sum256(body)
	block := append(append(append([]byte{}, sum[:4]...), sum[:4]...), body...)
	for i := byte(1); len(block)%8 != 0; i++ {
		block = append(block, i)
	}
	file := append([]byte("openssh-key-v1\x00"), ssh.Marshal(struct {
		Cipher, KDF, Options string
		Keys                 uint32
		Public, Private      []byte
	}{"none", "none", "", 1, public.Marshal(), block})...)
	return encode("OPENSSH PRIVATE KEY", file), nil
}

func generate(algorithm string, bits int, curve string, entropy *local.Stream) (crypto.Signer, error) {
	switch algorithm {
	case "RSA":
		return rsaKey(bits, entropy)
	case "ECDSA":
		return ecdsaKey(curve, entropy)
	case "ED25519":
		return ed25519.NewKeyFromSeed(entropy.Bytes(ed25519.SeedSize)), nil
	}
	return nil, fmt.Errorf("expected algorithm to be one of [RSA ECDSA ED25519], got %q", algorithm)
}

func ecdsaKey(name string, entropy *local.Stream) (crypto.Signer, error) {
	curves := map[string]elliptic.Curve{"P224": elliptic.P224(), "P256": elliptic.P256(), "P384": elliptic.P384(), "P521": elliptic.P521()}
	curve, ok := curves[name]
	if !ok {
		return nil, fmt.Errorf("expected ecdsaCurve to be one of [P224 P256 P384 P521], got %q", name)
	}
	order := curve.Params().N
	size := (order.BitLen() + 7) / 8
	for {
		b := entropy.Bytes(size)
		if excess := size*8 - order.BitLen(); excess > 0 {
			b[0] >>= excess
		}
		if d := new(big.Int).SetBytes(b); d.Sign() > 0 && d.Cmp(order) < 0 {
			return ecdsa.ParseRawPrivateKey(curve, b)
		}
	}
}

// rsaMin is what crypto/rsa accepts; the real provider warns below 2048.
const rsaMin = 1024

// rsaKey draws both primes from the stream, because crypto/rsa ignores a given source of randomness.
func rsaKey(bits int, entropy *local.Stream) (crypto.Signer, error) {
	if bits < rsaMin || bits%2 != 0 {
		return nil, fmt.Errorf("rsaBits must be an even number of at least %d, got %d", rsaMin, bits)
	}
	e := big.NewInt(65537)
	one := big.NewInt(1)
	for {
		p, q := prime(bits/2, entropy), prime(bits/2, entropy)
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if p.Cmp(q) == 0 || n.BitLen() != bits || d == nil {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		key.Precompute()
		if err := key.Validate(); err != nil {
			return nil, fmt.Errorf("generate an RSA key: %w", err)
		}
		return key, nil
	}
}

// prime has exactly so many bits, with the two highest set so that the product of two has twice as many.
func prime(bits int, entropy *local.Stream) *big.Int {
	for {
		b := entropy.Bytes((bits + 7) / 8)
		p := new(big.Int).SetBytes(b)
		p.SetBit(p, bits-1, 1).SetBit(p, bits-2, 1).SetBit(p, 0, 1)
		if p.BitLen() == bits && p.ProbablyPrime(20) {
			return p
		}
	}
}

// parseKey reads any of the forms above.
func parseKey(text string) (crypto.Signer, string, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, "", errors.New("failed to decode PEM block: decoded bytes 0")
	}
	var key any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	default:
		return nil, "", fmt.Errorf("unable to determine key algorithm from PEM preamble %q", block.Type)
	}
	if err != nil {
		return nil, "", fmt.Errorf("parse the private key: %w", err)
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k, "RSA", nil
	case *ecdsa.PrivateKey:
		return k, "ECDSA", nil
	case ed25519.PrivateKey:
		return k, "ED25519", nil
	}
	return nil, "", fmt.Errorf("key of type %T is not supported", key)
}
